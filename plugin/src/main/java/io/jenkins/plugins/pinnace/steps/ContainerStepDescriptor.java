package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.ComboBoxModel;
import io.jenkins.plugins.pinnace.configuration.EffectiveConfiguration;
import io.jenkins.plugins.pinnace.configuration.RegistryConfiguration;
import io.jenkins.plugins.pinnace.text.PlainText;
import java.beans.Introspector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** What the descriptors of all steps have. */
public abstract class ContainerStepDescriptor extends StepDescriptor {
    /** "...ContainerBuildStep.setLocked() expects boolean but received class java.util.ArrayList". */
    private static final Pattern OTHER_TYPE = Pattern.compile(
            "\\.(?:set)?(\\w+)(?:\\(\\))? expects (?:class )?(?:\\w+\\.)*(\\w+) but received (?:class )?(?:[\\w$]+\\.)*([\\w$]+)");

    private final String functionName;
    private final List<String> lists;

    /** @param lists parameters that are lists of texts: in forms they are text areas with one a line */
    ContainerStepDescriptor(String functionName, String... lists) {
        this.functionName = functionName;
        this.lists = List.of(lists);
    }

    @Override
    public String getFunctionName() {
        return functionName;
    }

    @Override
    public Set<? extends Class<?>> getRequiredContext() {
        return Set.of(Run.class, FilePath.class, TaskListener.class);
    }

    /** The text of a text area. */
    public String lines(@CheckForNull List<String> values) {
        return values == null ? "" : String.join("\n", values);
    }

    @Override
    public Step newInstance(@CheckForNull StaplerRequest2 request, JSONObject form) throws FormException {
        for (String list : lists) {
            if (form.opt(list) instanceof String text) {
                JSONArray lines = new JSONArray();
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(lines::add);
                form.put(list, lines);
            }
        }
        // An empty field says nothing; as a number it would be 0.
        for (Object name : form.keySet().toArray()) {
            if ("".equals(form.opt((String) name))) {
                form.remove(name);
            }
        }
        return super.newInstance(request, form);
    }

    /**
     * Of a Jenkinsfile: one text stands for a list with it, and what fits nowhere is told in a line. The newer
     * CustomDescribableModel can't tell anything without a stack trace.
     */
    @Override
    @SuppressWarnings("deprecation")
    public Step newInstance(Map<String, Object> arguments) throws Exception {
        checkNames(arguments.keySet());
        Map<String, Object> fitting = new LinkedHashMap<>(arguments);
        for (String list : lists) {
            if (fitting.get(list) != null) {
                fitting.put(list, Parameters.texts(functionName + ": parameter " + list, fitting.get(list)));
            }
        }
        try {
            return super.newInstance(fitting);
        } catch (ClassCastException | IllegalArgumentException | UnsupportedOperationException e) {
            throw new AbortException(functionName + ": " + PlainText.of(whatDoesNotFit(e), 300));
        }
    }

    /** What DescribableModel says of a value of another type, without the names of classes. */
    private static String whatDoesNotFit(RuntimeException failure) {
        String text = String.valueOf(failure.getMessage());
        Matcher types = OTHER_TYPE.matcher(text);
        return types.find()
                ? "parameter " + Introspector.decapitalize(types.group(1)) + ": expected " + types.group(2) + ", found "
                        + types.group(3)
                : text;
    }

    private void checkNames(Set<String> names) throws AbortException {
        List<String> known = new DescribableModel<>(clazz)
                .getParameters().stream().map(DescribableParameter::getName).toList();
        for (String name : names) {
            if (!known.contains(name) && !name.equals(UninstantiatedDescribable.ANONYMOUS_KEY)) {
                throw new AbortException(functionName + ": unknown parameter " + PlainText.of(name, 100)
                        + "; there are " + String.join(", ", known));
            }
        }
    }

    @POST
    public ComboBoxModel doFillRegistryItems(@AncestorInPath Item item) {
        return names(item, effective -> effective.registries().stream()
                .map(RegistryConfiguration::getName)
                .distinct()
                .toList());
    }

    /** What is configured where {@code item} is, for those who may see its configuration. */
    static ComboBoxModel names(Item item, Function<EffectiveConfiguration, List<String>> names) {
        boolean allowed = item == null
                ? Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                : item.hasPermission(Item.EXTENDED_READ) || item.hasPermission(Item.CONFIGURE);
        ItemGroup<?> group = item == null ? Jenkins.get() : item.getParent();
        return allowed ? new ComboBoxModel(names.apply(EffectiveConfiguration.in(group))) : new ComboBoxModel();
    }
}
