package io.mooring.config;

import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What all session persistence shares.
 *
 * @param keys Keys that authenticate session cookies. The first signs, all verify, so a key is rotated by
 *     putting a new one first. Without any, one is made at the first start and kept in the data directory.
 */
record KeyRingProperties(@DefaultValue List<KeyProperties> keys) {}
