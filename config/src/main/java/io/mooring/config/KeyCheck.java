package io.mooring.config;

import io.mooring.balancer.token.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges the keys. Nothing it finds contains a secret. */
final class KeyCheck {

    private final Findings findings;

    KeyCheck(Findings findings) {
        this.findings = findings;
    }

    void check(List<Entry<KeyProperties>> keys) {
        Set<String> ids = new HashSet<>();
        for (Entry<KeyProperties> key : keys) {
            checkId(key, ids);
            checkSecret(key.at().append("secret"), key.value().secret());
        }
    }

    private void checkId(Entry<KeyProperties> key, Set<String> ids) {
        ConfigurationPropertyName property = key.at().append("id");
        String id = key.value().id();
        if (id == null || id.isBlank()) {
            findings.violation(property, "a name", "Name the key; gateways that share the secret use the same name.");
        } else if (!ids.add(id)) {
            findings.violation(property, "an id that no other key has", "Give one of the keys another id.");
        }
    }

    private void checkSecret(ConfigurationPropertyName property, @Nullable String secret) {
        String expected = SigningKey.MIN_SECRET_BYTES + " bytes or more";
        String action = "Make one with: openssl rand -base64 32";
        if (secret == null) {
            findings.violation(property, expected, action);
            return;
        }
        int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < SigningKey.MIN_SECRET_BYTES) {
            findings.violation(property, "*** of " + bytes + " bytes", expected, action);
        }
    }
}
