// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines chain RUN   {"run","commit","versions":[{"model","version","by"}],"images":[…],"rollouts":[{"model","version","revision","operation","image"}],
//   "followed":[… the rollouts that it caused, as they are followed: fleet::FollowedDeploy::toJson()]}
#include "app/pilot/pipelines_sub.h"

#include "core/fleet/deploy_follow.h"
#include "core/fleet/run_chain.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

Result<void> chain(Context &context, const QString &id) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(pipelines::PipelineRun run, pipes->run(id));
    const fleet::Snapshot snapshot = fleet::readSnapshot(*services, 5000);
    const fleet::RunChain chain = fleet::chainOf(run, snapshot);
    QString text = QStringLiteral("run %1%2\n").arg(chain.run, chain.commit.isEmpty() ? QString() : QStringLiteral(" of commit ") + chain.commit.left(12));
    for (const auto &v : chain.versions)
        text += QStringLiteral("  version %1 of %2 (known by its %3)\n").arg(v.version).arg(v.model, v.why);
    for (const QString &image : chain.images)
        text += QStringLiteral("  image %1\n").arg(image);
    for (const auto &r : chain.rollouts)
        text += QStringLiteral("  %1 serves version %2%3\n").arg(r.model).arg(r.version).arg(r.operation.isEmpty() ? QString() : QStringLiteral(", by %1").arg(r.operation));
    QJsonArray followed;
    for (const fleet::FollowedDeploy &one : fleet::followedDeploys(*services)) {
        if (one.run != run.id)
            continue;
        followed << one.toJson();
        if (!one.sentence().isEmpty())
            text += QStringLiteral("  %1\n").arg(one.sentence());
    }
    QJsonObject object = chain.toJson();
    object.insert(QLatin1String("followed"), followed);
    context.answer(object, chain.isEmpty() && followed.isEmpty() ? text + QStringLiteral("  Nothing that is registered or served names this run.") : text.trimmed());
    return {};
}

const PipelinesSub sub("chain", "What came of a run: versions, images, rollouts", [](CLI::App &app, VerbBody &body) {
    const auto run = std::make_shared<std::string>();
    app.add_option("RUN", *run, "e.g. t2m-3, jenkins:weather/retrain#421")->required();
    app.callback([&body, run] { body = [run](Context &context) { return chain(context, QString::fromStdString(*run)); }; });
});

} // namespace
} // namespace pilothouse
