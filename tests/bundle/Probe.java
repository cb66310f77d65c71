import io.pinnace.engine.BuildRequest;
import io.pinnace.engine.Credentials;
import io.pinnace.engine.Engine;
import io.pinnace.engine.EventListener;
import io.pinnace.engine.InspectRequest;
import io.pinnace.engine.JniEngine;
import io.pinnace.engine.JobSettings;
import io.pinnace.engine.LibraryPlaces;
import io.pinnace.engine.ProcessEngine;
import java.nio.file.Path;
import java.util.List;

/**
 * Builds and asks a registry through the engines of the jar: Probe DIRECTORY REFERENCE jni|process...
 *
 * <p>DIRECTORY has project/pinnace.yaml. Prints a line for each engine: its name, the digest of the build, that of REFERENCE.
 */
public final class Probe {
    private Probe() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        for (String name : List.of(arguments).subList(2, arguments.length)) {
            Path cache = directory.resolve("cache");
            Engine engine = name.equals("jni") ? JniEngine.load(LibraryPlaces.in(cache)) : ProcessEngine.fromBundle(cache);
            JobSettings settings = new JobSettings(directory.resolve("store-" + name).toString(), null);
            String definition = directory.resolve("project/pinnace.yaml").toString();
            String image = "oci:" + directory.resolve("layout-" + name) + ":1";
            BuildRequest build = BuildRequest.builder(settings).definition(definition).tags(List.of(image)).build();
            String built = engine.run(build, Credentials.none(), EventListener.NONE).digest();
            InspectRequest inspect = InspectRequest.builder(settings)
                    .references(List.of(arguments[1]))
                    .digestOnly(true)
                    .build();
            String seen = engine.run(inspect, Credentials.none(), EventListener.NONE).images().get(0).digest();
            System.out.println(name + " " + built + " " + seen);
        }
        System.out.println("java " + System.getProperty("java.version") + " " + System.getProperty("os.arch"));
    }
}
