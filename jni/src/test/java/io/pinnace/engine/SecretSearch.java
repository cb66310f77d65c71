package io.pinnace.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Looks for a secret in this process's memory without having it there itself: it is kept masked. */
final class SecretSearch {
    private static final int MASK = 0x55;
    private static final int BLOCK = 1 << 20;
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private final byte[] masked;

    private SecretSearch(byte[] masked) {
        this.masked = masked;
    }

    /** The same every time, of a length divisible by 3, and nowhere as a constant. */
    static char[] password() {
        char[] password = new char[30];
        for (int i = 0; i < password.length; i++) {
            password[i] = (char) ('A' + (i * i + 11 * i) % 26);
        }
        return password;
    }

    static SecretSearch forPassword() {
        char[] password = password();
        byte[] masked = new byte[password.length];
        for (int i = 0; i < masked.length; i++) {
            masked[i] = (byte) (password[i] ^ MASK);
        }
        return new SecretSearch(masked);
    }

    /** Base64 of it behind {@code user}, which has two letters, and a colon, as in a Basic header. */
    static SecretSearch forBasic(String user) {
        char[] password = password();
        byte[] masked = new byte[(password.length + 3) / 3 * 4];
        for (int i = 0; i < masked.length; i++) {
            int bits = 0;
            for (int k = 0; k < 3; k++) {
                int at = i / 4 * 3 + k;
                bits = bits << 8 | (at < 2 ? user.charAt(at) : at == 2 ? ':' : password[at - 3]);
            }
            masked[i] = (byte) (BASE64.charAt(bits >> 18 - i % 4 * 6 & 63) ^ MASK);
        }
        return new SecretSearch(masked);
    }

    /** For a control: the secret itself. */
    byte[] unmasked() {
        byte[] plain = masked.clone();
        for (int i = 0; i < plain.length; i++) {
            plain[i] ^= MASK;
        }
        return plain;
    }

    int countIn(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            return countIn(content::read);
        }
    }

    int countInOwnMemory() throws IOException {
        int count = 0;
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                String[] fields = line.split("[- ]");
                if (fields[2].startsWith("rw")) {
                    memory.seek(Long.parseLong(fields[0], 16));
                    long[] left = {Long.parseLong(fields[1], 16) - Long.parseLong(fields[0], 16)};
                    count += countIn((block, from, size) -> read(memory, left, block, from, size));
                }
            }
        }
        return count;
    }

    private static int read(RandomAccessFile memory, long[] left, byte[] block, int from, int size) {
        try {
            int got = left[0] == 0 ? -1 : memory.read(block, from, (int) Math.min(size, left[0]));
            left[0] -= Math.max(got, 0);
            return got;
        } catch (IOException e) {
            return -1; // unmapped meanwhile, or a guard page
        }
    }

    private interface Reader {
        int read(byte[] block, int from, int size) throws IOException;
    }

    private int countIn(Reader reader) throws IOException {
        byte[] block = new byte[BLOCK];
        int count = 0;
        int kept = 0;
        for (int got = reader.read(block, 0, BLOCK); got >= 0; got = reader.read(block, kept, BLOCK - kept)) {
            int end = kept + got;
            for (int at = 0; at + masked.length <= end; at++) {
                count += isAt(block, at) ? 1 : 0;
            }
            kept = Math.min(end, masked.length - 1);
            System.arraycopy(block, end - kept, block, 0, kept);
        }
        Arrays.fill(block, (byte) 0);
        return count;
    }

    private boolean isAt(byte[] block, int at) {
        for (int i = 0; i < masked.length; i++) {
            if (block[at + i] != (byte) (masked[i] ^ MASK)) {
                return false;
            }
        }
        return true;
    }
}
