package io.mooring.gateway.accesslog;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The program's standard output, which counts what could not be written, as on a full disk. A {@link PrintStream} only
 * remembers that it once failed, and who logs is not told.
 *
 * <p>Safe for concurrent use. What fails is lost, and the next may fare better.
 */
public final class StandardOutput extends OutputStream {

    private static final AtomicLong FAILURES = new AtomicLong();

    private final OutputStream out;

    StandardOutput(OutputStream out) {
        this.out = out;
    }

    /** Has {@link System#out} be this from now on. */
    public static void install() {
        System.setOut(new PrintStream(
                new StandardOutput(new FileOutputStream(FileDescriptor.out)), false, Charset.defaultCharset()));
    }

    /** How often something could not be written. */
    static long failures() {
        return FAILURES.get();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            FAILURES.incrementAndGet();
            throw e;
        }
    }
}
