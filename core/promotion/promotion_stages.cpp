// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/promotion_stages.h"

#include <QJsonArray>

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;
using RegistryPtr = std::shared_ptr<registry::Registry>;

QString numbers(const std::vector<int> &versions) {
    QStringList out;
    for (const int v : versions)
        out += QStringLiteral("v%1").arg(v);
    return out.join(QStringLiteral(", "));
}

/// The version to the stage it had, and those that were archived for it back; what somebody gave another stage meanwhile stays.
Result<void> stagesBack(registry::Registry &registry, const PromotionFacts &f) {
    PH_ASSIGN(const registry::Version v, registry.version(f.model, f.to));
    if (v.stage == f.stage)
        PH_TRY(registry.setStage(f.model, f.to, f.stageBefore, false));
    for (const int number : f.archived) {
        PH_ASSIGN(const registry::Version old, registry.version(f.model, number));
        if (old.stage == Q("Archived"))
            PH_TRY(registry.setStage(f.model, number, f.stage, false));
    }
    return {};
}

Result<QJsonObject> stageState(const registry::Registry &registry, const PromotionFacts &f) {
    PH_ASSIGN(const registry::Version v, registry.version(f.model, f.to));
    PH_ASSIGN(const auto others, othersInStage(registry, f));
    QJsonArray beside;
    for (const int number : others)
        beside.append(number);
    return QJsonObject{{Q("version"), f.to}, {Q("stage"), v.stage}, {Q("beside"), beside}};
}

} // namespace

Result<std::vector<int>> othersInStage(const registry::Registry &registry, const PromotionFacts &f) {
    PH_ASSIGN(const auto versions, registry.versions(f.model));
    std::vector<int> out;
    for (const registry::Version &v : versions)
        if (v.stage == f.stage && v.version != f.to)
            out.push_back(v.version);
    return out;
}

operations::Step stageStep(const RegistryPtr &registry, const PromotionFacts &f, bool again) {
    operations::Step step;
    const QString back = f.archived.empty() ? QString() : QStringLiteral(", %1 back to %2").arg(numbers(f.archived), f.stage);
    step.call = {QStringLiteral("TRANSITION"), QStringLiteral("stage of %1 v%2").arg(f.model).arg(f.to),
                 QStringLiteral("%1 → %2%3").arg(f.stageBefore, f.stage, f.archived.empty() ? QString() : QStringLiteral(", %1 archived").arg(numbers(f.archived))), QStringLiteral("back to %1%2").arg(f.stageBefore, back), {}};
    step.call.command = registry->commands({registry::Write::What::Stage, f.model, f.to, {}, {}, f.stage, true, {}, {}});
    if (step.call.command.isEmpty())
        step.call.command = QStringLiteral("pilot registry stage %1 %2 %3 --archive").arg(f.model).arg(f.to).arg(f.stage);
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const registry::Version v, registry->version(f.model, f.to));
        PH_ASSIGN(const auto others, othersInStage(*registry, f));
        const bool asFound = v.stage == f.stageBefore && others == f.archived;
        if (asFound || again)
            return {};
        return Error{ErrorKind::Conflict, QStringLiteral("The stages of %1 changed: v%2 is %3, and %4 in %5.").arg(f.model).arg(f.to).arg(v.stage, others.empty() ? QStringLiteral("nothing is") : numbers(others) + QStringLiteral(" stands"), f.stage), {},
                     QStringLiteral("Nothing was sent. Look at the new state and decide anew."), {}};
    };
    step.execute = [=]() -> Result<void> {
        PH_ASSIGN(const registry::Version v, registry->version(f.model, f.to));
        PH_ASSIGN(const auto others, othersInStage(*registry, f));
        return v.stage == f.stage && others.empty() ? Result<void>() : registry->setStage(f.model, f.to, f.stage, true);
    };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const QJsonObject state, stageState(*registry, f));
        if (state.value(Q("stage")).toString() != f.stage || !state.value(Q("beside")).toArray().isEmpty())
            return Error{ErrorKind::Conflict, QStringLiteral("%1 v%2 is %3 and not alone in %4.").arg(f.model).arg(f.to).arg(state.value(Q("stage")).toString(), f.stage), {}, {}, {}};
        return state;
    };
    step.undo = [=] { return stagesBack(*registry, f); };
    return step;
}

operations::Step stageBackStep(const RegistryPtr &registry, const PromotionFacts &f) {
    operations::Step step;
    step.call = {QStringLiteral("TRANSITION"), QStringLiteral("stage of %1 v%2").arg(f.model).arg(f.to),
                 QStringLiteral("%1 → %2%3").arg(f.stage, f.stageBefore, f.archived.empty() ? QString() : QStringLiteral(", %1 back to %2").arg(numbers(f.archived), f.stage)), QStringLiteral("promote again"),
                 registry->commands({registry::Write::What::Stage, f.model, f.to, {}, {}, f.stageBefore, false, {}, {}})};
    step.execute = [=] { return stagesBack(*registry, f); };
    step.readBack = [=] { return stageState(*registry, f); };
    return step;
}

} // namespace pilothouse::promotion
