/** Files that are replaced, on a real file system. */
@NullMarked
package io.mooring.gateway.files;

import org.jspecify.annotations.NullMarked;
