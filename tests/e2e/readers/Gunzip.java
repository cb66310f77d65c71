import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/** Prints the SHA-256 of what GZIPInputStream reads, from a stream whose available() is 0 as over a network. */
class Gunzip {
    public static void main(String[] args) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        InputStream file = new FilterInputStream(new FileInputStream(args[0])) {
            @Override
            public int available() throws IOException {
                return 0;
            }
        };
        try (InputStream in = new GZIPInputStream(file)) {
            byte[] buffer = new byte[65536];
            for (int n; (n = in.read(buffer)) > 0; ) {
                digest.update(buffer, 0, n);
            }
        }
        System.out.println("sha256:" + HexFormat.of().formatHex(digest.digest()));
    }
}
