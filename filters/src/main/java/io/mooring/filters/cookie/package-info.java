/**
 * The session cookie on the wire, as plain strings.
 *
 * <p>Starting points: {@link io.mooring.filters.cookie.SessionCookies} parts a request's session cookies from the
 * application's own, {@link io.mooring.filters.cookie.SetCookie} writes a response's, and
 * {@link io.mooring.filters.cookie.CacheControl} keeps such a response out of shared caches.
 */
@NullMarked
package io.mooring.filters.cookie;

import org.jspecify.annotations.NullMarked;
