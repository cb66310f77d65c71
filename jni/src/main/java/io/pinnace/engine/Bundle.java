package io.pinnace.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The {@code pinnace} executable of our jar, as a file that can be started. */
public final class Bundle {
    /** Names an executable to be taken instead of the one in the jar. */
    public static final String EXECUTABLE_PROPERTY = "io.pinnace.engine.executable";

    private static final int MAX_ANSWER = 400;

    /** Copies that were found good, with what changes when they do. */
    private static final Map<Path, Map<String, Object>> GOOD = new HashMap<>();

    /** Below java.io.tmpdir, if nothing else would do; it goes when the JVM ends. */
    private static PrivateDirectory own;

    private final String wanted = NativeLoader.wantedVersion();
    private final Platform platform = Platform.current();
    private final PlaceFailures failures = new PlaceFailures(platform, wanted);

    private Bundle() {}

    /**
     * The executable that the property names; else a copy in the first of {@code directories} where it can be
     * started, or in java.io.tmpdir. The copy is named by the hash of its content, appears completely or not at
     * all, is checked before this JVM uses it and whenever it has changed, and stays (that in java.io.tmpdir until the
     * JVM ends).
     *
     * @param directories made if they are missing; only the user of this JVM may be able to write there
     * @throws EngineException {@link ErrorCode#UNSUPPORTED} with every reason if there is no executable for this
     *     platform, it is of another version, or none of the places would do; {@link ErrorCode#CANCELLED} if the
     *     thread was interrupted, which it stays
     */
    public static synchronized Path executable(Path... directories) throws EngineException {
        return new Bundle().find(directories);
    }

    private Path find(Path... directories) throws EngineException {
        String named = System.getProperty(EXECUTABLE_PROPERTY);
        if (named != null) {
            Path override = Path.of(named).toAbsolutePath();
            if (starts(override)) {
                return override;
            }
            throw failures.unsupported("cannot start the executable");
        }
        BundledFile bundled = BundledFile.find(platform, BundledFile.EXECUTABLE);
        if (bundled == null) {
            throw failures.unsupported("not supported: there is no executable for this platform");
        }
        for (Path directory : directories) {
            Path file = copy(bundled, directory.toAbsolutePath());
            if (file != null) {
                return file;
            }
        }
        Path file = copyToOwnDirectory(bundled);
        if (file != null) {
            return file;
        }
        throw failures.unsupported("cannot start the executable");
    }

    /** Null if the place will not do. */
    private Path copy(BundledFile bundled, Path directory) throws EngineException {
        try {
            Path known = bundled.in(directory);
            if (GOOD.containsKey(known) && GOOD.get(known).equals(state(known))) {
                return known;
            }
            Files.createDirectories(directory);
            Path file = bundled.copyTo(directory);
            if (!starts(file)) {
                return null;
            }
            GOOD.put(file, state(file));
            return file;
        } catch (IOException e) {
            failures.add(directory, e.toString());
            return null;
        }
    }

    /** Empty if there is no such file. Whatever changes it, even its permissions, changes ctime. */
    private static Map<String, Object> state(Path file) throws IOException {
        return Files.exists(file) ? Files.readAttributes(file, "unix:dev,ino,size,ctime") : Map.of();
    }

    private Path copyToOwnDirectory(BundledFile bundled) throws EngineException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        try {
            // Whatever cleans up java.io.tmpdir may have removed it, and then its name is free to everybody.
            if (own == null || !own.isStillOurs()) {
                own = PrivateDirectory.createBelow(temporary);
                own.path().toFile().deleteOnExit();
            }
        } catch (IOException e) {
            failures.add(temporary, e.toString());
            return null;
        }
        Path file = copy(bundled, own.path());
        if (file != null) {
            file.toFile().deleteOnExit();
        }
        return file;
    }

    private boolean starts(Path file) throws EngineException {
        PinnaceProcess process;
        try {
            process = new PinnaceProcess(List.of(file.toString(), "--version"), 0);
        } catch (EngineException e) {
            return failures.add(file, e.getMessage() + MountOptions.hint(file));
        }
        try {
            process.end();
            String answer = new String(process.nextLine(), StandardCharsets.UTF_8);
            return answer.equals("pinnace " + wanted) || failures.add(file, reason(answer, process));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(ErrorCode.CANCELLED, "interrupted while " + file + " was tried");
        } finally {
            process.kill();
        }
    }

    private static String reason(String answer, PinnaceProcess process) throws InterruptedException {
        if (!answer.isEmpty()) {
            return "it answers \"" + answer.substring(0, Math.min(answer.length(), MAX_ANSWER)) + "\"";
        }
        return "it answers nothing: exit code " + process.exitCode() + " " + process.error();
    }
}
