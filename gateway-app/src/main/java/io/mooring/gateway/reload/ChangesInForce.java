package io.mooring.gateway.reload;

import io.mooring.config.ChangeTarget;
import io.mooring.config.RunTimeChanges;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What operators have changed at run time, as it stands.
 *
 * @param changes what is kept
 * @param aside those that are without effect, with the reasons
 * @param unreadable why what is kept could not be read, if so
 */
public record ChangesInForce(
        RunTimeChanges changes, Map<ChangeTarget, List<String>> aside, Optional<String> unreadable) {}
