// SPDX-License-Identifier: GPL-3.0-or-later
// A workspace folder with a real registry, a real journal and tiny packages; only the rollout target is not real.
#pragma once

#include "core/promotion/promotion.h"
#include "core/registry/local_registry.h"
#include "tests/support/file_rollout_target.h"
#include "tests/support/tiny_package.h"

#include <QTemporaryDir>

namespace pilothouse::test {

/// Everything of one program on the folder; a second one on the same folder is a second program.
struct PromotionBench {
    QString root;
    std::shared_ptr<Database> database;
    std::shared_ptr<registry::Registry> registry;
    std::shared_ptr<operations::Journal> journal;
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(fromIsoUtc(QStringLiteral("2024-05-01T10:00:00.000Z")));
    std::shared_ptr<FileRolloutTarget> target;
    workspace::Workspace workspace;
    QStringList found; ///< by the last promotions()
    std::shared_ptr<secrets::SecretStore> keychain; ///< of who acts; null: none

    explicit PromotionBench(const QString &folder, const QByteArray &promotion = "approvals: 1") : root(folder) {
        database = must(Database::open(root + QStringLiteral("/registry.db"), promotion::registryDatabaseMigrations()));
        registry = must(registry::openLocalRegistry(database, root + QStringLiteral("/artifacts"), nullptr, clock));
        journal = must(operations::Journal::open(root + QStringLiteral("/journal.jsonl"), database, QByteArrayLiteral("k")));
        target = std::make_shared<FileRolloutTarget>(root + QStringLiteral("/target.json"));
        workspace = must(workspace::parseWorkspace("workspace: bench\nconnections: {local: {kind: local, root: " + root.toUtf8() +
                                                       "}}\nmodels:\n  t2m:\n    registry: {connection: local, name: t2m, champion: champion}\n"
                                                       "    deployment: {connection: local, target: serving/t2m, steps: [10, 50, 100]}\n    promotion: {" + promotion + "}\n",
                                                   root + QStringLiteral("/pilothouse.yaml")));
    }
    template<class T>
    static T must(Result<T> result) {
        if (!result)
            qFatal("%s", qPrintable(result.error().text()));
        return *std::move(result);
    }
    static void must(Result<void> result) {
        if (!result)
            qFatal("%s", qPrintable(result.error().text()));
    }
    std::shared_ptr<promotion::Promotions> promotions(const QString &actor, workspace::Role role = workspace::Role::Approver, bool withTarget = true) {
        promotion::Promotions::Parts parts;
        parts.database = database;
        parts.registry = registry;
        parts.operations = std::make_shared<operations::Operations>(journal, operations::Actor{actor, QStringLiteral("test"), role});
        parts.workspace = workspace;
        parts.clock = clock;
        parts.secrets = keychain;
        if (withTarget)
            parts.rolloutTarget = [target = target](const workspace::Model &) -> Result<std::shared_ptr<cluster::RolloutTarget>> { return std::shared_ptr<cluster::RolloutTarget>(target); };
        found.clear();
        return must(promotion::Promotions::open(std::move(parts), &found));
    }
    /// Registers `count` versions by ada.
    void versions(int count) {
        for (int i = 1; i <= count; ++i) {
            const QString folder = root + QStringLiteral("/out%1").arg(i);
            TinyModel m;
            m.a = i;
            must(writeTinyPackage(folder, m));
            must(registry->registerVersion(QStringLiteral("t2m"), folder, QStringLiteral("run"), QStringLiteral("ada")));
        }
    }
    /// A sheet as computeEvidence() makes it, with the state of its one gate given.
    promotion::Evidence evidence(int version, promotion::GateState gate = promotion::GateState::Pass, const QString &alias = QStringLiteral("champion")) const {
        promotion::Evidence e;
        e.model = QStringLiteral("t2m");
        e.alias = alias;
        e.candidateVersion = version;
        e.candidateDigest = must(registry->version(e.model, version)).digest;
        e.championVersion = alias_(alias);
        e.gates = {{QStringLiteral("Better"), QString(), QString(), gate}, {QStringLiteral("Approvals, 1 needed"), QString(), QString(), promotion::GateState::Waits}};
        e.computed = clock->nowUtc();
        return e;
    }
    std::optional<int> alias_(const QString &alias) const {
        const auto v = registry->versionByAlias(QStringLiteral("t2m"), alias);
        return v ? std::optional(v->version) : std::nullopt;
    }
    int champion() const { return alias_(QStringLiteral("champion")).value_or(0); }
    int previous() const { return alias_(QStringLiteral("previous")).value_or(0); }
    int stable() const {
        const auto s = must(target->status());
        return s.stable ? s.stable->version : 0;
    }
    int canary() const {
        const auto s = must(target->status());
        return s.canary ? s.canary->version : 0;
    }
    /// Promotes version 1 as the first champion.
    void firstChampion() {
        auto p = promotions(QStringLiteral("ada"));
        const auto r = must(p->request(QStringLiteral("t2m"), 1, QStringLiteral("champion"), evidence(1)));
        for (const char *who : {"x1", "x2", "x3"})
            if (must(p->requestById(r.id)).state == promotion::RequestState::Pending)
                must(promotions(QString::fromLatin1(who))->approve(r.id, QStringLiteral("the first")));
    }
    QString journalText() const {
        QStringList lines;
        const auto entries = must(journal->entries());
        for (const auto &e : entries)
            lines.prepend(e.kind + QLatin1Char(' ') + e.phase + QLatin1Char(' ') + e.actor);
        return lines.join(QStringLiteral("; "));
    }
};

} // namespace pilothouse::test
