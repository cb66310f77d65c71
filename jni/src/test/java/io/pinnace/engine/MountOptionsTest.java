package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountOptionsTest {
    private static final List<String> MOUNTS = List.of(
            "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
            "30 22 0:26 / /tmp rw,nosuid,noexec shared:5 - tmpfs tmpfs rw",
            "31 30 0:27 / /tmp/open rw - tmpfs tmpfs rw",
            "32 22 0:28 / /with\\040space rw,noexec - tmpfs tmpfs rw",
            "33 22 0:29 / /twice rw,noexec - tmpfs tmpfs rw",
            "34 33 0:30 / /twice rw - tmpfs tmpfs rw");

    @ParameterizedTest
    @CsvSource({
        "/opt/file, false",
        "/tmp/file, true",
        "/tmp, true",
        "/tmpfs/file, false",
        "/tmp/open/file, false",
        "/with space/file, true",
        "/twice/file, false"
    })
    void theInnermostMountAndTheLastOnItCounts(Path file, boolean noexec) {
        assertEquals(noexec, MountOptions.areNoexec(file, MOUNTS));
    }

    @ParameterizedTest
    @CsvSource({"/nonexistent/file", "/"})
    void whatCannotBeToldIsNoReason(Path file) {
        assertFalse(MountOptions.areNoexec(file));
        assertEquals("", MountOptions.hint(file));
    }
}
