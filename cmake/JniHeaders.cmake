# Sets PINNACE_JNI_HEADERS to the include directories of a JDK, or to NOTFOUND. FindJNI would look into the sysroot of a
# cross build, but Linux' headers are the same for all architectures.
find_program(PINNACE_JAVAC javac HINTS "$ENV{JAVA_HOME}/bin" /usr/lib/jvm/default-java/bin NO_CMAKE_FIND_ROOT_PATH)
get_filename_component(javac "${PINNACE_JAVAC}" REALPATH)
get_filename_component(headers "${javac}/../../include" ABSOLUTE)
if(PINNACE_JAVAC AND EXISTS "${headers}/jni.h" AND EXISTS "${headers}/linux/jni_md.h")
  set(PINNACE_JNI_HEADERS "${headers}" "${headers}/linux")
else()
  set(PINNACE_JNI_HEADERS NOTFOUND)
endif()
