/**
 * What the tests of the Netty modules share: leaks and blocked event loops fail them, and certificates are made for
 * them. A module gets all of it by the dependency alone, in Maven and in an IDE.
 *
 * <p>Start with {@link io.mooring.testkit.LeaksFailTests}. BlockHound is installed by its own listener.
 */
@NullMarked
package io.mooring.testkit;

import org.jspecify.annotations.NullMarked;
