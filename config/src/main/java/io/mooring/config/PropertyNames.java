package io.mooring.config;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** The property names that are more than a record component. */
final class PropertyNames {

    static final ConfigurationPropertyName MOORING = ConfigurationPropertyName.of("mooring");
    static final ConfigurationPropertyName DATA_DIR = MOORING.append("data-dir");
    static final ConfigurationPropertyName UPSTREAMS = MOORING.append("upstreams");
    static final ConfigurationPropertyName LISTENERS = MOORING.append("listeners");
    static final ConfigurationPropertyName SECRETS = MOORING.append("persistence");
    static final ConfigurationPropertyName KEYS = SECRETS.append("keys");
    static final ConfigurationPropertyName SAVE_INTERVAL = SECRETS.append("save-interval");
    static final ConfigurationPropertyName ADMIN_USERS = MOORING.append("admin.users");
    static final ConfigurationPropertyName ROUTES =
            ConfigurationPropertyName.of("spring.cloud.gateway.server.webflux.routes");

    private PropertyNames() {}

    /** The name as the configuration writes it, where Spring would print it in lower case. */
    static String display(ConfigurationPropertyName name) {
        return IntStream.range(0, name.getNumberOfElements())
                .mapToObj(i -> element(name, i))
                .collect(Collectors.joining());
    }

    /** Whether values of this property are kept out of messages. */
    static boolean isSecret(ConfigurationPropertyName name) {
        if (ADMIN_USERS.isAncestorOf(name)) {
            return name.getLastElement(Form.UNIFORM).equals("password");
        }
        return (SECRETS.equals(name) || SECRETS.isAncestorOf(name))
                && !name.getLastElement(Form.UNIFORM).equals("id")
                && !name.equals(SAVE_INTERVAL);
    }

    private static String element(ConfigurationPropertyName name, int i) {
        String text = name.getElement(i, Form.ORIGINAL);
        ConfigurationPropertyName upTo = name.chop(i + 1);
        if (upTo.isLastElementIndexed()) {
            return "[" + text + "]";
        }
        return i == 0 ? text : "." + text;
    }
}
