/** How changes of files are noticed, with real files. */
@NullMarked
package io.mooring.gateway.reload;

import org.jspecify.annotations.NullMarked;
