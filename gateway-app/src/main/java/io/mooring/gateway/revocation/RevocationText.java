package io.mooring.gateway.revocation;

import io.mooring.balancer.session.Revocations;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.source.SourceAddress;
import io.mooring.gateway.files.DurableText;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.representer.Representer;

/** What was ended, as YAML that an operator can read. */
final class RevocationText {

    private static final String HEADER = """
            # Which sessions of cookies operators have ended: how often all of a scope, how often those of a backend, and
            # when those of a client. The gateway writes this file. A number that is lowered has ended sessions go on.
            """;

    private static final String EPOCH = "ended";
    private static final String BACKENDS = "backends";
    private static final String CLIENTS = "clients";

    private RevocationText() {}

    /** The text, without clients of whom no session can be left. */
    static String write(Map<ScopeId, Revocations> all, Instant now) {
        Map<String, Object> root = new TreeMap<>();
        all.forEach((scope, ended) -> {
            Map<String, Object> block = new LinkedHashMap<>();
            block.put(EPOCH, ended.epoch());
            block.put(BACKENDS, new TreeMap<>(ended.backends()));
            Map<String, String> clients = new TreeMap<>();
            ended.clients().forEach((client, at) -> {
                if (!at.plus(Revocations.MEMORY).isBefore(now)) {
                    clients.put(Revocations.PREFIXES.text(client), at.toString());
                }
            });
            block.put(CLIENTS, clients);
            root.put(scope.toString(), block);
        });
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        return HEADER + new Yaml(new Representer(options), options).dump(root);
    }

    /** What a text says. */
    static Map<ScopeId, Revocations> read(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(DurableText.MAX_BYTES);
        Map<ScopeId, Revocations> all = new HashMap<>();
        mapping(new Yaml(new SafeConstructor(options)).load(text)).forEach((scope, value) -> {
            Map<String, @Nullable Object> block = mapping(value);
            Map<String, Integer> backends = new HashMap<>();
            mapping(block.get(BACKENDS)).forEach((id, times) -> backends.put(id, number(times)));
            Map<SourceAddress, Instant> clients = new HashMap<>();
            mapping(block.get(CLIENTS))
                    .forEach((client, at) -> clients.put(client(client), Instant.parse(String.valueOf(at))));
            all.put(scope(scope), new Revocations(number(block.get(EPOCH)), backends, clients));
        });
        return all;
    }

    private static ScopeId scope(String text) {
        int slash = text.indexOf('/');
        return Arrays.stream(ScopeId.Kind.values())
                .filter(kind -> slash > 0 && kind.key().equals(text.substring(0, slash)))
                .map(kind -> new ScopeId(kind, text.substring(slash + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"" + text + "\": a key (expected: upstream/, route/ or listener/ and a name)"));
    }

    private static SourceAddress client(String text) {
        int slash = text.indexOf('/');
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException("\"" + text + "\": a client (expected: an address)");
        }
        return Revocations.PREFIXES.of(address);
    }

    private static int number(@Nullable Object value) {
        if (value instanceof Integer number && number >= 0) {
            return number;
        }
        throw new IllegalArgumentException(value + ": a count (expected: a whole number)");
    }

    private static Map<String, @Nullable Object> mapping(@Nullable Object value) {
        Map<String, @Nullable Object> mapping = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> entries) {
            entries.forEach((key, entry) -> mapping.put(String.valueOf(key), entry));
        } else if (value != null) {
            throw new IllegalArgumentException("no block (expected: a block of keys)");
        }
        return mapping;
    }
}
