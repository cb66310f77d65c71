import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import java.nio.file.Path;
import java.util.List;

/** JibBuild BASE DIRECTORY CACHE TARGET: DIRECTORY's content as one layer on BASE, pushed to TARGET; CACHE is jib's own. */
public final class JibBuild {
    public static void main(String[] arguments) throws Exception {
        Path cache = Path.of(arguments[2]);
        Jib.from(RegistryImage.named(arguments[0]))
                .addLayer(List.of(Path.of(arguments[1])), AbsoluteUnixPath.get("/"))
                .containerize(
                        Containerizer.to(RegistryImage.named(arguments[3]))
                                .setAllowInsecureRegistries(true)
                                .setBaseImageLayersCache(cache.resolve("base"))
                                .setApplicationLayersCache(cache.resolve("application")));
    }
}
