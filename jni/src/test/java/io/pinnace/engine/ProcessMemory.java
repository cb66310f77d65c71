package io.pinnace.engine;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this process needs, in kB, after its garbage is gone, while the JVM's compilers rest.
 *
 * @param resident the resident set without pages of files, after the allocator gave back what is free
 * @param accounted what the JVM accounts for (-XX:NativeMemoryTracking=summary): not what our library allocates
 * @param compilers the part of that which its compilers work with, and keep for some seconds
 * @param heap what the Java heap holds
 */
record ProcessMemory(long resident, long accounted, long compilers, long heap, long threads) {
    private static final CompilationMXBean COMPILERS = ManagementFactory.getCompilationMXBean();
    private static final int TRIES = 100;

    static ProcessMemory measure() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            long compiled = COMPILERS.getTotalCompilationTime();
            ProcessMemory memory = measureOnce();
            if (compilersRest() && COMPILERS.getTotalCompilationTime() == compiled) {
                return memory;
            }
        }
        throw new IllegalStateException("the compilers don't rest");
    }

    private static ProcessMemory measureOnce() throws IOException {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024;
        String account = askJvm("VM.native_memory", "summary");
        askJvm("System.trim_native_heap");
        return new ProcessMemory(
                status("RssAnon:"),
                committed(account, "Total:"),
                committed(account, "Compiler ") + committed(account, "Arena Chunk "),
                heap,
                status("Threads:"));
    }

    /** Nothing is compiled, and nothing waits for it. */
    private static boolean compilersRest() throws IOException {
        String queue = askJvm("Compiler.queue").replaceAll("\\s+", " ");
        return queue.contains("Current compiles: C1 compile queue: Empty C2 compile queue: Empty");
    }

    long withoutCompilers() {
        return resident - compilers;
    }

    private static long committed(String account, String kind) {
        Matcher line =
                Pattern.compile(Pattern.quote(kind) + ".*committed=(\\d+)KB").matcher(account);
        if (!line.find()) {
            throw new IllegalStateException("no \"" + kind + "\" in " + account);
        }
        return Long.parseLong(line.group(1));
    }

    private static String askJvm(String... command) throws IOException {
        List<String> all = new ArrayList<>(
                List.of("jcmd", Long.toString(ProcessHandle.current().pid())));
        all.addAll(List.of(command));
        Process jcmd = new ProcessBuilder(all).redirectErrorStream(true).start();
        return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static long status(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
