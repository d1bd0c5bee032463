package io.mooring.gateway;

import io.mooring.config.ConfigurationCheck;
import io.mooring.config.ConfigurationFile;
import io.mooring.config.Inspection;
import io.mooring.config.UnreadableConfigurationException;
import io.mooring.config.Violation;
import java.io.PrintStream;
import java.nio.file.Path;

/** What {@code check} says of a file. */
final class CheckReport {

    private final Path file;

    CheckReport(Path file) {
        this.file = file;
    }

    /** Says whether the file is valid on the one stream, or everything that is wrong with it on the other. */
    int print(PrintStream good, PrintStream bad) {
        Inspection inspection;
        try {
            inspection = ConfigurationCheck.inspect(ConfigurationFile.load(file));
        } catch (UnreadableConfigurationException e) {
            bad.println(e.getMessage());
            return 1;
        }
        inspection.warnings().forEach(warning -> bad.println("warning: " + warning));
        if (inspection.violations().isEmpty()) {
            good.println(file + ": valid");
            return 0;
        }
        for (Violation violation : inspection.violations()) {
            bad.println(violation);
            bad.println("    " + violation.action());
        }
        bad.println(file + ": " + inspection.violations().size() + " to mend");
        return 1;
    }
}
