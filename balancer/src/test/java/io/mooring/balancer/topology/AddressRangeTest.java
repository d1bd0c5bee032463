package io.mooring.balancer.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressRangeTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0, 8, 10.255.255.255, true",
        "10.0.0.0, 8, 11.0.0.0, false",
        "10.0.0.0, 8, 9.255.255.255, false",
        "192.168.5.128, 25, 192.168.5.129, true",
        "192.168.5.128, 25, 192.168.5.127, false",
        "192.168.5.200, 25, 192.168.5.130, true",
        "127.0.0.1, 32, 127.0.0.1, true",
        "127.0.0.1, 32, 127.0.0.2, false",
        "0.0.0.0, 0, 255.1.2.3, true",
        "0.0.0.0, 0, 2001:db8::1, false",
        "2001:db8::, 33, 2001:db8:7fff::1, true",
        "2001:db8::, 33, 2001:db8:8000::1, false",
        "::1, 128, ::1, true",
        "::, 0, 10.0.0.1, false",
    })
    void containsTheAddressesThatBeginAlike(String network, int prefix, String address, boolean expected)
            throws UnknownHostException {
        AddressRange range = new AddressRange(InetAddress.getByName(network), prefix);

        assertThat(range.contains(InetAddress.getByName(address))).isEqualTo(expected);
    }

    @Test
    void aPrefixIsNoLongerThanTheAddress() throws UnknownHostException {
        InetAddress network = InetAddress.getByName("10.0.0.0");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AddressRange(network, 33))
                .withMessage("prefix: 33 (expected: 0-32)");
        assertThatIllegalArgumentException().isThrownBy(() -> new AddressRange(network, -1));
    }
}
