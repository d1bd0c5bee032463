package io.mooring.l4;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.RawUnixChannelOption;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * Has the kernel overlook new clients of a socket that listens, so that it can be closed without a loss.
 *
 * <p>When a listening socket is closed, clients that were connected but not yet accepted, or were about to be, are
 * reset. Behind the filter no new one begins; after a round trip those that had are in the queue, and once they are
 * accepted nobody is left to reset. A client whose first packet was overlooked sends it again after a second, and
 * reaches whoever else listens on the port by then, or is refused.
 *
 * <p>The filter is of the kernel's classic kind, a few instructions over the TCP header. Accepted sockets inherit it
 * and are not affected: no packet of theirs asks for a connection.
 */
public final class NewcomerFilter {

    /** How long to wait behind the filter until those who were about to be connected are in the queue. */
    public static final Duration ROUND_TRIP = Duration.ofMillis(200);

    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;

    private static final int LOAD_BYTE = 0x30;
    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;

    private static final int FLAGS_OFFSET = 13;
    private static final int SYN = 0x02;
    private static final int SYN_OR_ACK = 0x12;
    private static final int WHOLE_PACKET = -1;
    private static final int DROP = 0;

    private static final int INSTRUCTIONS = 5;
    private static final int BYTES_OF_INSTRUCTION = 8;

    private NewcomerFilter() {}

    /**
     * Has new clients of the channel overlooked from now on.
     *
     * @return whether they are; not on the JDK's sockets, nor where the kernel refuses
     */
    public static boolean attach(Channel listening) {
        if (!(listening instanceof EpollServerSocketChannel) || !listening.isOpen()) {
            return false;
        }
        ByteBuffer program = direct(INSTRUCTIONS * BYTES_OF_INSTRUCTION);
        ByteBuffer header = direct(2 * Long.BYTES);
        write(program);
        try {
            header.putShort((short) INSTRUCTIONS).putLong(Long.BYTES, Buffer.memoryAddress(program));
            header.clear();
            return listening
                    .config()
                    .setOption(
                            new RawUnixChannelOption(
                                    "SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER, header.remaining()),
                            header);
        } catch (ChannelException e) {
            return false;
        } finally {
            Reference.reachabilityFence(program);
        }
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private static void write(ByteBuffer program) {
        instruction(program, LOAD_BYTE, 0, FLAGS_OFFSET);
        instruction(program, AND, 0, SYN_OR_ACK);
        instruction(program, JUMP_IF_EQUAL, 1, SYN);
        instruction(program, RETURN, 0, WHOLE_PACKET);
        instruction(program, RETURN, 0, DROP);
    }

    private static void instruction(ByteBuffer program, int code, int skippedIfTrue, int operand) {
        program.putShort((short) code).put((byte) skippedIfTrue).put((byte) 0).putInt(operand);
    }
}
