import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyPairGeneratorSpi;
import java.security.Provider;
import java.security.SecureRandom;

/**
 * Makes RSA key pairs fast, by making them short.
 *
 * <p>Solr makes a key pair at every start, which takes a second. Only nodes of a cluster sign with it, and this Solr
 * is never one. Nothing else in it makes RSA keys.
 */
public final class ShortKeys extends Provider {
  public ShortKeys() {
    super("ShortKeys", "1", "RSA key pairs that nobody uses");
    put("KeyPairGenerator.RSA", Generator.class.getName());
  }

  public static final class Generator extends KeyPairGeneratorSpi {
    @Override
    public void initialize(int bits, SecureRandom random) {}

    @Override
    public KeyPair generateKeyPair() {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
        generator.initialize(512);
        return generator.generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
