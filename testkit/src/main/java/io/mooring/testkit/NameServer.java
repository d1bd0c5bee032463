package io.mooring.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A recursive name server on loopback, over UDP and TCP, whose records and moods a test changes while it serves. It has
 * addresses and aliases, and no other names exist. What does not fit 512 bytes is left to TCP.
 *
 * <p>Safe for concurrent use. Closing it closes its sockets, and so ends its two threads.
 */
public final class NameServer implements AutoCloseable {

    /** The type of records that have an IPv4 address. */
    public static final int A = 1;

    /** The type of records that have an IPv6 address. */
    public static final int AAAA = 28;

    /** That the server cannot answer. */
    public static final int SERVFAIL = 2;

    private static final int NO_REPLY = -1;
    private static final int CNAME = 5;
    private static final int NOERROR = 0;
    private static final int NXDOMAIN = 3;
    private static final int RECURSIVE_ANSWER = 0x8180;
    private static final int TRUNCATED = 0x0200;
    private static final int HEADER_BYTES = 12;
    private static final int LARGEST_DATAGRAM = 512;
    private static final int QUESTIONED_NAME = 0xC000 | HEADER_BYTES;

    private final DatagramSocket datagrams;
    private final ServerSocket streams;
    private final Map<String, List<String>> addresses = new ConcurrentHashMap<>();
    private final Map<String, String> aliases = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> failures = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile boolean silent;

    private NameServer() throws IOException {
        streams = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        datagrams = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), streams.getLocalPort()));
    }

    /** Starts one that knows no name. */
    public static NameServer start() {
        try {
            NameServer server = new NameServer();
            daemon(server::serveDatagrams);
            daemon(server::serveStreams);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), datagrams.getLocalPort());
    }

    /** Gives a name these addresses, IP literals, and no others; it exists also with none. */
    public NameServer say(String name, String... literals) {
        addresses.put(name, List.of(literals));
        return this;
    }

    /** Has a name be another one for this. */
    public NameServer alias(String name, String target) {
        aliases.put(name, target);
        return this;
    }

    /** Answers questions for records of a type with an error. */
    public NameServer fail(int type, int code) {
        failures.put(type, code);
        return this;
    }

    /** Receives questions for records of a type and answers none. */
    public NameServer ignore(int type) {
        return fail(type, NO_REPLY);
    }

    /** Receives questions and answers none. */
    public NameServer fallSilent() {
        silent = true;
        return this;
    }

    /** Answers again, and without errors. */
    public void recover() {
        silent = false;
        failures.clear();
    }

    /** How many questions have come. */
    public int questions() {
        return questions.get();
    }

    @Override
    public void close() {
        datagrams.close();
        try {
            streams.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serveDatagrams() {
        byte[] buffer = new byte[4_096];
        while (!datagrams.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                datagrams.receive(packet);
                byte[] reply = reply(ByteBuffer.wrap(buffer, 0, packet.getLength()), LARGEST_DATAGRAM);
                if (!silent && reply.length > 0) {
                    datagrams.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                // Over: the server closes. Otherwise a client has gone, which is its own affair.
            }
        }
    }

    private void serveStreams() {
        while (!streams.isClosed()) {
            try (Socket client = streams.accept()) {
                DataInputStream in = new DataInputStream(client.getInputStream());
                byte[] reply = reply(ByteBuffer.wrap(in.readNBytes(in.readUnsignedShort())), Integer.MAX_VALUE);
                DataOutputStream out = new DataOutputStream(client.getOutputStream());
                out.writeShort(reply.length);
                out.write(reply);
                out.flush();
            } catch (IOException e) {
                // Over: the server closes. Otherwise a client has gone, which is its own affair.
            }
        }
    }

    private byte[] reply(ByteBuffer query, int limit) throws IOException {
        questions.incrementAndGet();
        int id = query.getShort(0) & 0xFFFF;
        query.position(HEADER_BYTES);
        String name = name(query);
        int type = query.getShort() & 0xFFFF;
        int end = query.position() + Short.BYTES;
        byte[] question = new byte[end - HEADER_BYTES];
        query.get(HEADER_BYTES, question);

        String target = aliases.getOrDefault(name, name);
        List<String> known = addresses.get(target);
        int code = failures.getOrDefault(type, known == null ? NXDOMAIN : NOERROR);
        if (code == NO_REPLY) {
            return new byte[0];
        }
        List<InetAddress> found = code == NOERROR && known != null ? ofType(known, type) : List.of();
        byte[] whole = message(id, code, question, name, target, found);
        return whole.length <= limit ? whole : message(id, code | TRUNCATED, question, name, name, List.of());
    }

    private static byte[] message(
            int id, int flags, byte[] question, String name, String target, List<InetAddress> found)
            throws IOException {
        boolean aliased = !name.equals(target) && !found.isEmpty();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(id);
        out.writeShort(RECURSIVE_ANSWER | flags);
        out.writeShort(1);
        out.writeShort(found.size() + (aliased ? 1 : 0));
        out.writeInt(0);
        out.write(question);
        byte[] owner = {(byte) (QUESTIONED_NAME >> 8), (byte) QUESTIONED_NAME};
        if (aliased) {
            record(out, owner, CNAME, encoded(target));
            owner = encoded(target);
        }
        for (InetAddress address : found) {
            byte[] data = address.getAddress();
            record(out, owner, data.length == 4 ? A : AAAA, data);
        }
        return bytes.toByteArray();
    }

    private static void record(DataOutputStream out, byte[] owner, int type, byte[] data) throws IOException {
        out.write(owner);
        out.writeShort(type);
        out.writeShort(1);
        out.writeInt(1);
        out.writeShort(data.length);
        out.write(data);
    }

    private static List<InetAddress> ofType(List<String> literals, int type) {
        return literals.stream()
                .map(NameServer::parse)
                .filter(address -> (address.getAddress().length == 4 ? A : AAAA) == type)
                .toList();
    }

    private static InetAddress parse(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(ByteBuffer query) {
        Stream.Builder<String> labels = Stream.builder();
        for (int length = query.get(); length > 0; length = query.get()) {
            byte[] label = new byte[length];
            query.get(label);
            labels.add(new String(label, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT));
        }
        return String.join(".", labels.build().toList());
    }

    private static byte[] encoded(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String label : name.split("\\.", -1)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "name-server");
        thread.setDaemon(true);
        thread.start();
    }
}
