package io.mooring.filters.loadbalancer;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether the load-balancer client whose context is being made has the name of an upstream. */
final class IsUpstream implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConfigurableListableBeanFactory client = context.getBeanFactory();
        BeanFactory gateway = client == null ? null : client.getParentBeanFactory();
        String name = context.getEnvironment().getProperty(LoadBalancerClientFactory.PROPERTY_NAME);
        return gateway != null
                && name != null
                && gateway.getBean(ScopeLoadBalancers.class).ofUpstream(name).isPresent();
    }
}
