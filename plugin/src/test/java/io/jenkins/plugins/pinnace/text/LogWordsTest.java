package io.jenkins.plugins.pinnace.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LogWordsTest {
    private final LogWords words = new LogWords("/home/ci/workspace/shop");

    @Test
    void filesOfTheWorkspaceAreCalledAsTheJenkinsfileCallsThem() {
        assertEquals(
                "Containerfile: line 3: not pinned",
                words.apply("/home/ci/workspace/shop/Containerfile: line 3: not pinned"));
        assertEquals("wrote oci:out:1", words.apply("wrote oci:/home/ci/workspace/shop/out:1"));
        assertEquals("in \".\"", words.apply("in \"/home/ci/workspace/shop\""));
    }

    @Test
    void whatIsElsewhereStaysWhole() {
        for (String text : new String[] {
            "/home/ci/workspace/shop@2/Containerfile",
            "/home/ci/workspace/shop@tmp/x",
            "/home/ci/workspace/shopping/x",
            "/mnt/home/ci/workspace/shop/x",
        }) {
            assertEquals(text, words.apply(text));
            assertEquals(text, new LogWords(null).apply(text));
        }
    }

    @Test
    void aCommandIsAStep() {
        assertEquals("run containerPin to accept it", words.apply("run pinnace pin to accept it"));
        assertEquals("run `containerPin`", new LogWords(null).apply("run `pinnace pin`"));
        assertEquals("containerPromote REF", words.apply("pinnace promote REF"));
        assertEquals("the pinnace executable", words.apply("the pinnace executable"));
    }

    @Test
    void whatAProgramSaysIsItsOwn() {
        assertEquals("| /home/ci/workspace/shop/x", words.apply("| /home/ci/workspace/shop/x"));
        assertEquals("! pinnace pin", words.apply("! pinnace pin"));
    }
}
