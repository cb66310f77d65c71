package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlatformTest {
    @TempDir
    Path directory;

    private Platform of(String os, String architecture, String maps) throws Exception {
        return Platform.of(os, architecture, Files.writeString(directory.resolve("maps"), maps));
    }

    @Test
    void tellsArchitectureAndLibcByWhatIsMapped() throws Exception {
        String glibc = "7f00-7f01 r-xp 00000000 fe:00 131 /usr/lib/x86_64-linux-gnu/libc.so.6\n";
        String musl = "7f00-7f01 r-xp 00000000 fe:00 131 /lib/ld-musl-x86_64.so.1\n";
        String none = "7f00-7f01 r-xp 00000000 00:00 0 [vdso]\n\n";
        assertEquals(new Platform("linux", "x86_64", "glibc"), of("Linux", "amd64", none + glibc));
        assertEquals("linux-x86_64", of("Linux", "amd64", glibc).directory());
        assertEquals("linux-aarch64", of("Linux", "aarch64", glibc).directory());
        assertEquals("linux-x86_64-musl", of("Linux", "amd64", musl).directory());
        assertEquals(new Platform("linux", "x86_64", "unknown"), of("Linux", "x86_64", none));
        assertEquals("windows 11-x86_64", of("Windows 11", "amd64", "").directory());
        assertEquals(
                "unknown",
                Platform.of("Linux", "amd64", directory.resolve("missing")).libc());
        assertEquals("glibc", Platform.current().libc());
    }

    @Test
    void tellsNoexecFromMountOptions() {
        List<String> mounts = List.of(
                "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
                "30 22 0:25 / /tmp rw,nosuid,noexec shared:9 - tmpfs tmpfs rw",
                "31 30 0:26 / /tmp/with\\\\040space rw shared:9 - tmpfs tmpfs rw".replace("\\\\", "\\"),
                "32 22 0:27 / /run rw,noexec - tmpfs tmpfs rw",
                "33 22 0:28 / /run rw - tmpfs tmpfs rw");
        assertTrue(MountOptions.areNoexec(Path.of("/tmp/x/y"), mounts));
        assertFalse(MountOptions.areNoexec(Path.of("/tmp/with space/y"), mounts));
        assertFalse(MountOptions.areNoexec(Path.of("/tmpfile"), mounts));
        assertFalse(MountOptions.areNoexec(Path.of("/run/x"), mounts), "the last mount is on top");
    }
}
