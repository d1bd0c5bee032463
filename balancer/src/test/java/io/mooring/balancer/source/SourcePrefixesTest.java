package io.mooring.balancer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SourcePrefixesTest {

    @ParameterizedTest
    @CsvSource({
        "32, 10.0.0.1, 10.0.0.1, true",
        "32, 10.0.0.1, 10.0.0.2, false",
        "31, 10.0.0.2, 10.0.0.3, true",
        "31, 10.0.0.1, 10.0.0.2, false",
        "24, 10.0.0.0, 10.0.0.255, true",
        "24, 10.0.0.255, 10.0.1.0, false",
        "1, 128.0.0.0, 255.255.255.255, true",
        "1, 127.255.255.255, 128.0.0.0, false"
    })
    void ipv4AddressesAreOneClientWhenTheirPrefixIs(int prefix, String one, String other, boolean same)
            throws UnknownHostException {
        assertThat(isSame(new SourcePrefixes(prefix, 64), one, other)).isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({
        "64, 2001:db8::1, 2001:db8::ffff:ffff:ffff:ffff, true",
        "64, 2001:db8:0:1::1, 2001:db8:0:2::1, false",
        "128, 2001:db8::1, 2001:db8::2, false",
        "127, 2001:db8::2, 2001:db8::3, true",
        "127, 2001:db8::1, 2001:db8::2, false",
        "65, 2001:db8::1, 2001:db8::7fff:0:0:1, true",
        "65, 2001:db8::1, 2001:db8::8000:0:0:1, false",
        "63, 2001:db8:0:2::, 2001:db8:0:3::, true",
        "63, 2001:db8:0:1::, 2001:db8:0:2::, false",
        "1, 8000::, ffff::1, true",
        "1, 7fff::, 8000::, false"
    })
    void ipv6AddressesAreOneClientWhenTheirPrefixIs(int prefix, String one, String other, boolean same)
            throws UnknownHostException {
        assertThat(isSame(new SourcePrefixes(32, prefix), one, other)).isEqualTo(same);
    }

    @Test
    void aMappedAddressIsItsIpv4Address() throws UnknownHostException {
        assertThat(isSame(SourcePrefixes.DEFAULT, "::ffff:10.0.0.1", "10.0.0.1"))
                .isTrue();
    }

    @Test
    void noIpv6NetworkIsAnIpv4Network() throws UnknownHostException {
        assertThat(isSame(new SourcePrefixes(1, 64), "::", "0.0.0.0")).isFalse();
        assertThat(isSame(new SourcePrefixes(1, 128), "::10.0.0.1", "10.0.0.1")).isFalse();
    }

    @Test
    void aZoneDoesNotCount() throws UnknownHostException {
        byte[] address = InetAddress.getByName("fe80::1").getAddress();
        InetAddress zoned = Inet6Address.getByAddress("", address, 3);

        assertThat(SourcePrefixes.DEFAULT.of(zoned))
                .isEqualTo(SourcePrefixes.DEFAULT.of(InetAddress.getByAddress(address)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 64, ipv4-prefix: 0 (expected: 1-32)",
        "33, 64, ipv4-prefix: 33 (expected: 1-32)",
        "32, 0, ipv6-prefix: 0 (expected: 1-128)",
        "32, 129, ipv6-prefix: 129 (expected: 1-128)"
    })
    void aPrefixOutsideItsAddressIsRefused(int ipv4, int ipv6, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SourcePrefixes(ipv4, ipv6))
                .withMessage(message);
    }

    private static boolean isSame(SourcePrefixes prefixes, String one, String other) throws UnknownHostException {
        return prefixes.of(InetAddress.getByName(one)).equals(prefixes.of(InetAddress.getByName(other)));
    }
}
