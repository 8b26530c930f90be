// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/register_version.h"

#include "core/base/hash.h"
#include "core/promotion/copy_version.h"

namespace pilothouse {

using Q = QLatin1String;

Result<registry::Version> registerPackage(const fleet::Services &services, const QString &model, const QString &package, const QString &digest,
                                          const QString &runId, const QString &connection) {
    const auto made = std::make_shared<registry::Version>();
    PH_ASSIGN(const auto registry, services.registries->of(connection));
    const QString user = services.operations->actor().name;
    operations::Operation operation;
    operation.kind = QStringLiteral("register");
    operation.object = QStringLiteral("model %1").arg(model);
    operation.summary = QStringLiteral("Register package %1 as the next version of %2").arg(digest.left(12), model);
    operation.connection = connection;
    operation.details = {{Q("digest"), digest}, {Q("run"), runId}};
    if (!connection.isEmpty())
        operation.details.insert(Q("connection"), connection);
    operation.id = QStringLiteral("op-") + randomHex(6);
    operation.undoRecord = {{Q("kind"), operation.kind}, {Q("connection"), connection}, {Q("model"), model}, {Q("digest"), digest}, {Q("mark"), operation.id}};
    operations::Step step;
    const QString mark = operation.id;
    step.call = {QStringLiteral("CREATE"), QStringLiteral("version of %1").arg(model), QStringLiteral("the next number, package %1").arg(digest.left(12)), QStringLiteral("the version is deleted"),
                 QStringLiteral("pilot registry register %1 %2%3").arg(model, package, connection.isEmpty() ? QString() : QStringLiteral(" --connection ") + connection)};
    step.execute = [=]() -> Result<void> {
        PH_ASSIGN(*made, registry->registerTagged(model, package, runId, user, {{promotion::madeByTag, mark}})); // by the mark it is found, should the answer get lost
        return {};
    };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const registry::Version seen, registry->version(model, made->version));
        if (seen.digest != digest)
            return Error{ErrorKind::Conflict, QStringLiteral("The registered package is not the one that was given."), seen.source, {}, {}};
        return QJsonObject{{Q("version"), seen.version}, {Q("digest"), seen.digest}};
    };
    step.undo = [=] { return registry->deleteVersion(model, made->version); };
    operation.steps.push_back(std::move(step));
    const operations::OperationOutcome outcome = services.operations->run(std::move(operation));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("The version was not registered.")));
    return *made;
}

} // namespace pilothouse
