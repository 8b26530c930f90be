// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/register_run.h"

#include <QDir>

#include <algorithm>

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;
using registry::RunModel;
using registry::Version;

Result<RunModel> chosenModel(const registry::Registry &registry, const RunRegistration &wish) {
    PH_ASSIGN(const auto left, registry.runModels(wish.runId));
    QStringList paths;
    for (const RunModel &model : left)
        paths += model.path;
    if (left.empty())
        return notFound(QStringLiteral("Run %1 left no model.").arg(wish.runId), registry.source(), QStringLiteral("A model is a folder of its artifacts with an MLmodel in it, as MLflow's log_model and Pilothouse's packages have it."));
    if (wish.path.isEmpty() && left.size() > 1)
        return invalid(QStringLiteral("Run %1 left %2 models.").arg(wish.runId).arg(left.size()), {}, QStringLiteral("Name one by --path: %1.").arg(paths.join(QStringLiteral(", "))));
    const auto found = wish.path.isEmpty() ? left.begin() : std::find_if(left.begin(), left.end(), [&](const RunModel &model) { return model.path == wish.path; });
    if (found == left.end())
        return notFound(QStringLiteral("Run %1 left no model at “%2”.").arg(wish.runId, wish.path), registry.source(), QStringLiteral("It left: %1.").arg(paths.join(QStringLiteral(", "))));
    return *found;
}

} // namespace

Result<operations::Operation> registerRunOperation(std::shared_ptr<registry::Registry> registry, const RunRegistration &wish, const operations::Actor &actor) {
    PH_TRY(registry::checkModelName(wish.model));
    PH_ASSIGN(const RunModel from, chosenModel(*registry, wish));
    const auto made = std::make_shared<Version>();
    const QString what = from.digest.isEmpty() ? QStringLiteral("“%1” of run %2").arg(from.path, wish.runId.left(12)) : QStringLiteral("package %1 of run %2").arg(from.digest.left(12), wish.runId.left(12));
    operations::Operation o;
    o.kind = QStringLiteral("register");
    o.object = QStringLiteral("model %1").arg(wish.model);
    o.summary = QStringLiteral("Register %1 as the next version of %2").arg(what, wish.model);
    o.connection = wish.connection;
    o.details = {{Q("digest"), from.digest}, {Q("run"), wish.runId}, {Q("path"), from.path}};
    if (!wish.connection.isEmpty())
        o.details.insert(Q("connection"), wish.connection);
    o.undoRecord = {{Q("kind"), o.kind}, {Q("connection"), wish.connection}, {Q("model"), wish.model}, {Q("digest"), from.digest}};
    operations::Step step;
    const registry::Write write{registry::Write::What::Register, wish.model, 0, wish.runId, {}, {}, false, {actor.name, {}}, {}, from};
    step.call = {QStringLiteral("CREATE"), QStringLiteral("version of %1").arg(wish.model), QStringLiteral("the next number, %1").arg(what), QStringLiteral("the version is deleted"), registry->commands(write)};
    if (step.call.command.isEmpty())
        step.call.command = QStringLiteral("pilot registry register %1 --run %2 --path %3%4").arg(wish.model, wish.runId, from.path, wish.connection.isEmpty() ? QString() : QStringLiteral(" --connection ") + wish.connection);
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const RunModel now, chosenModel(*registry, {wish.connection, wish.model, wish.runId, from.path}));
        if (now != from)
            return Error{ErrorKind::Conflict, QStringLiteral("What run %1 left at “%2” is not what it was when the plan was made.").arg(wish.runId, from.path), {}, QStringLiteral("Nothing was sent. Look again."), {}};
        return {};
    };
    step.execute = [=]() -> Result<void> {
        PH_ASSIGN(*made, registry->registerRunModel(wish.model, wish.runId, from, actor.name));
        return {};
    };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const Version seen, registry->version(wish.model, made->version));
        if (seen.digest != from.digest || seen.runId != made->runId)
            return Error{ErrorKind::Conflict, QStringLiteral("%1 version %2 is not what was registered.").arg(seen.model).arg(seen.version), seen.source, {}, {}};
        return QJsonObject{{Q("version"), seen.version}, {Q("digest"), seen.digest}, {Q("run"), seen.runId}, {Q("source"), seen.source}};
    };
    step.undo = [=] { return registry->deleteVersion(wish.model, made->version); };
    o.steps.push_back(std::move(step));
    return o;
}

std::optional<int> registeredVersion(const operations::OperationOutcome &outcome) {
    for (const operations::StepOutcome &step : outcome.steps)
        if (const QJsonValue version = step.after.value(Q("version")); version.isDouble())
            return version.toInt();
    return std::nullopt;
}

} // namespace pilothouse::promotion
