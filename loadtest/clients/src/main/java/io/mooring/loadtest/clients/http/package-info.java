/**
 * What the HTTP clients share.
 *
 * <p>Start at {@link io.mooring.loadtest.clients.http.HttpConnection}, which carries one request at a time; what can go
 * wrong with one is a {@link io.mooring.loadtest.clients.http.Fault}.
 */
@NullMarked
package io.mooring.loadtest.clients.http;

import org.jspecify.annotations.NullMarked;
