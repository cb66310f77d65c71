package io.pinnace.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Map;

/** A class loader with classes of its own for our package, as a Jenkins plugin has, and some other resources. */
final class IsolatedClasses extends ClassLoader {
    private static final String PACKAGE = "io.pinnace.engine.";

    private final Map<String, byte[]> resources;

    IsolatedClasses(Map<String, byte[]> resources) {
        super("isolated", IsolatedClasses.class.getClassLoader());
        this.resources = resources;
    }

    Class<?> load(String simpleName) throws ClassNotFoundException {
        return loadClass(PACKAGE + simpleName);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PACKAGE)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = file.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public URL getResource(String name) {
        byte[] content = resources.get(name);
        return content == null ? super.getResource(name) : url(name, content);
    }

    private static URL url(String name, byte[] content) {
        URLStreamHandler handler = new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) {
                return new URLConnection(url) {
                    @Override
                    public void connect() {}

                    @Override
                    public InputStream getInputStream() {
                        return new ByteArrayInputStream(content);
                    }
                };
            }
        };
        try {
            @SuppressWarnings("deprecation") // since Java 20; what replaces it is not in Java 17
            URL url = new URL("memory", "", -1, "/" + name, handler);
            return url;
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
