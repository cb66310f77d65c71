package io.jenkins.plugins.pinnace.configuration;

import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.pinnace.Messages;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** PEM texts with the certificates of authorities. */
final class Certificates {
    private static final int MAX_LENGTH = 1 << 20;

    private Certificates() {}

    static FormValidation check(String pem) {
        String text = Util.fixEmptyAndTrim(pem);
        if (text == null) {
            return FormValidation.ok();
        }
        if (text.length() > MAX_LENGTH) {
            return FormValidation.error(Messages.Certificates_bad());
        }
        try {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            int count = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bytes))
                    .size();
            return count > 0
                    ? FormValidation.ok(Messages.Certificates_count(count))
                    : FormValidation.error(Messages.Certificates_bad());
        } catch (CertificateException e) {
            return FormValidation.error(Messages.Certificates_bad());
        }
    }
}
