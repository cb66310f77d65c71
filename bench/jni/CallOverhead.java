package io.pinnace.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What a call of a small job costs through each engine: CallOverhead PINNACE DIRECTORY COUNT. */
public final class CallOverhead {
    private CallOverhead() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        Path registries = Files.writeString(directory.resolve("registries.yaml"), "version: 1\nregistries: {}\n");
        JobSettings settings = new JobSettings(directory.resolve("store").toString(), registries.toString());
        Path definition = Files.writeString(
                directory.resolve("pinnace.yaml"), "version: 1\nbase: scratch\nartifacts: []\nplatforms: [linux/amd64]\n");
        String image = "oci:" + directory.resolve("layout") + ":1";
        InspectRequest request = InspectRequest.builder(settings)
                .references(List.of(image))
                .digestOnly(true)
                .build();
        Files.write(directory.resolve("request.json"), Protocol.write(request));

        Engine jni = JniEngine.load(LibraryPlaces.in(directory.resolve("cache")));
        Engine process = new ProcessEngine(Path.of(arguments[0]));
        BuildRequest build = BuildRequest.builder(settings)
                .definition(definition.toString())
                .tags(List.of(image))
                .build();
        jni.run(build, Credentials.none(), EventListener.NONE);
        measure(jni, request, count); // the JVM compiles
        System.out.printf("%.1f %.1f%n", measure(jni, request, count), measure(process, request, Math.max(20, count / 50)));
    }

    /** The median in microseconds. */
    private static double measure(Engine engine, InspectRequest request, int count) throws Exception {
        double[] times = new double[count];
        for (int i = 0; i < count; i++) {
            long started = System.nanoTime();
            engine.run(request, Credentials.none(), EventListener.NONE);
            times[i] = (System.nanoTime() - started) / 1e3;
        }
        Arrays.sort(times);
        return times[count / 2];
    }
}
