package io.mooring.balancer.topology;

import io.mooring.balancer.upstream.AdminState;
import io.mooring.balancer.upstream.Backend;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How an upstream's members are found, beside those that it declares.
 *
 * @param source what is asked
 * @param interval from an answer to the next question; more than zero
 * @param timeout how long an answer may take; more than zero
 * @param keepsWhenEmpty whether an answer without members is taken for an outage, in which those known stay
 * @param terms what is declared of members by their id, which goes before what the source says
 */
public record DiscoverySpec(
        Source source, Duration interval, Duration timeout, boolean keepsWhenEmpty, Map<String, Terms> terms) {

    public DiscoverySpec {
        Objects.requireNonNull(source, "source");
        requirePositive("interval", interval);
        requirePositive("timeout", timeout);
        terms = Map.copyOf(terms);
    }

    /**
     * All members of an upstream: those that are declared and then those that were found, but for such as have the id
     * of one that is declared.
     */
    public List<Backend> members(List<Backend> declared, List<Backend> found) {
        Set<String> taken = declared.stream().map(Backend::id).collect(Collectors.toSet());
        List<Backend> members = new ArrayList<>(declared);
        found.stream()
                .filter(member -> !taken.contains(member.id()))
                .map(this::onTerms)
                .forEach(members::add);
        return List.copyOf(members);
    }

    private Backend onTerms(Backend member) {
        Terms declared = terms.get(member.id());
        return declared == null
                ? member
                : new Backend(member.id(), member.host(), member.port(), declared.weight(), declared.admin());
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0s)");
        }
    }

    /**
     * What is declared of a member that is found.
     *
     * @param weight its weight, 0-100
     * @param admin what is wanted of it
     */
    public record Terms(int weight, AdminState admin) {}

    /** What is asked for members. */
    public sealed interface Source {

        /**
         * A registry of services.
         *
         * @param serviceId whose instances are members
         * @param weightMetadata the key of an instance's metadata that says its weight; empty if none does
         */
        record Registry(String serviceId, Optional<String> weightMetadata) implements Source {}

        /**
         * The name servers.
         *
         * @param name whose addresses are members
         * @param port the port of each
         * @param family which addresses
         * @param servers whom to ask; those of the machine if it is empty
         */
        record Names(String name, int port, Family family, List<InetSocketAddress> servers) implements Source {
            public Names {
                servers = List.copyOf(servers);
            }
        }
    }

    /** Kinds of addresses. */
    public enum Family {
        /** IPv4 and IPv6. */
        ANY,
        /** A records. */
        IPV4,
        /** AAAA records. */
        IPV6
    }
}
