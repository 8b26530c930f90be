// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/pod_shell_operation.h"

namespace pilothouse::rollouts {

using Q = QLatin1String;

operations::Operation shellOperation(std::shared_ptr<const cluster::KubeApi> api, std::shared_ptr<cluster::PodShell> shell, std::shared_ptr<cluster::PodShell::End> end, std::stop_token token) {
    const cluster::ShellPlace &place = shell->place();
    operations::Operation operation;
    operation.kind = QStringLiteral("pod-exec");
    operation.object = QStringLiteral("pod/%1 in %2").arg(place.pod, place.space);
    operation.summary = QStringLiteral("Open a shell in pod %1").arg(place.pod);
    operation.connection = api->connection();
    operation.details = {{Q("shell"), true}};
    if (!place.container.isEmpty())
        operation.details.insert(Q("container"), place.container);
    operations::Step step;
    const QString container = place.container.isEmpty() ? QString() : QStringLiteral(" -c ") + place.container;
    step.call = {QStringLiteral("EXEC"), operation.object, QStringLiteral("a shell with a terminal: bash, else sh"), {}, QStringLiteral("kubectl -n %1 exec -it %2%3 -- sh").arg(place.space, place.pod, container)};
    step.execute = [api, shell, end, token]() -> Result<void> {
        PH_ASSIGN(*end, shell->run(*api, token));
        return {};
    };
    step.readBack = [end]() -> Result<QJsonObject> {
        QJsonObject after{{Q("seconds"), end->seconds}};
        if (end->exitCode)
            after.insert(Q("exit_code"), *end->exitCode);
        else
            after.insert(Q("ended"), QStringLiteral("hung up from here"));
        return after;
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::rollouts
