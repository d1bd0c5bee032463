package io.mooring.l4.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReadGateTest {

    private final ReadGate gate = new ReadGate();
    private int reads;
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new ChannelDuplexHandler() {
                @Override
                public void read(ChannelHandlerContext ctx) {
                    reads++;
                    ctx.read();
                }
            },
            gate);

    @Test
    void whatIsNotToBeReadIsNotAskedFor() {
        channel.config().setAutoRead(false);
        reads = 0;

        channel.read();
        assertThat(reads).isZero();

        channel.config().setAutoRead(true);
        assertThat(reads).isPositive();
    }

    @Test
    void whatComesAfterTheEndIsDropped() {
        ByteBuf before = Unpooled.buffer().writeByte(1);
        ByteBuf after = Unpooled.buffer().writeByte(2);

        channel.writeInbound(before);
        gate.shut();
        channel.writeInbound(after);

        ByteBuf first = channel.readInbound();
        Object second = channel.readInbound();
        assertThat(first).isSameAs(before);
        assertThat(second).isNull();
        assertThat(after.refCnt()).isZero();
        before.release();
    }
}
