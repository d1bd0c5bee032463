/** What is kept of ended sessions, with real files. */
@NullMarked
package io.mooring.gateway.revocation;

import org.jspecify.annotations.NullMarked;
