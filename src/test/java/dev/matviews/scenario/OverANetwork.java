package dev.matviews.scenario;

import dev.matviews.playground.TcpProxy;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** During each test the operator reaches the API server by way of a {@link TcpProxy}. */
final class OverANetwork implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace STORE =
      ExtensionContext.Namespace.create(OverANetwork.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    Stage stage = Stage.Extension.stage(context);
    TcpProxy network = TcpProxy.before(stage.controlPlane().port());
    context.getStore(STORE).put(TcpProxy.class, network);
    stage.startOperatorOver(network);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Stage.Extension.stage(context).startOperatorAgain();
    network(context).close();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TcpProxy.class;
  }

  @Override
  public TcpProxy resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return network(context);
  }

  private static TcpProxy network(ExtensionContext context) {
    return Objects.requireNonNull(context.getStore(STORE).get(TcpProxy.class, TcpProxy.class));
  }
}
