/**
 * The admin API on the management port: what the gateway is doing, and changes of it while it runs.
 *
 * <p>Starting points: {@link io.mooring.gateway.admin.AdminConfiguration} puts it together for the management port,
 * {@link io.mooring.gateway.admin.Endpoints} lists what there is, and {@link io.mooring.gateway.admin.AdminRoutes} has
 * each request answered by one of them.
 */
@NullMarked
package io.mooring.gateway.admin;

import org.jspecify.annotations.NullMarked;
