/**
 * Which open connections and flows are to be given another backend, why and when. Starting points: {@link
 * io.mooring.balancer.reschedule.RescheduleSpec} and {@link io.mooring.balancer.reschedule.Placement}.
 */
@NullMarked
package io.mooring.balancer.reschedule;

import org.jspecify.annotations.NullMarked;
