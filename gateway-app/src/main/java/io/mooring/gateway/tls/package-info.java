/** Spring Boot's SSL bundles as layer 4 wants them. Starting point: {@link io.mooring.gateway.tls.SpringTlsBundles}. */
@NullMarked
package io.mooring.gateway.tls;

import org.jspecify.annotations.NullMarked;
