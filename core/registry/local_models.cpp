// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/local_registry_internal.h"

#include "core/base/json.h"

namespace pilothouse::registry {

namespace {

QMap<QString, QString> textMap(const QString &json) {
    QMap<QString, QString> out;
    const QJsonObject object = QJsonDocument::fromJson(json.toUtf8()).object();
    for (auto it = object.begin(); it != object.end(); ++it)
        out.insert(it.key(), it.value().toString());
    return out;
}

QString pointsTo(std::optional<int> version) {
    return version ? QStringLiteral("points to version %1").arg(*version) : QStringLiteral("does not exist");
}

} // namespace

Result<std::vector<RegisteredModel>> LocalRegistry::readModels(const QString &condition, const Database::Bind &bind) const {
    std::vector<RegisteredModel> out;
    PH_TRY(m_database->query(
        QStringLiteral("SELECT m.name, m.description, m.created, m.updated,"
                       " (SELECT json_group_object(key, value) FROM model_tags t WHERE t.model = m.name),"
                       " (SELECT json_group_object(alias, version) FROM aliases a WHERE a.model = m.name),"
                       " (SELECT max(version) FROM versions v WHERE v.model = m.name)"
                       " FROM models m ") + condition + QStringLiteral(" ORDER BY m.name"),
        bind, [&](const Statement &row) {
            RegisteredModel m;
            m.name = row.text(0);
            m.description = row.text(1);
            m.created = fromIsoUtc(row.text(2));
            m.updated = fromIsoUtc(row.text(3));
            m.tags = textMap(row.text(4));
            const QJsonObject aliases = QJsonDocument::fromJson(row.text(5).toUtf8()).object();
            for (auto it = aliases.begin(); it != aliases.end(); ++it)
                m.aliases.push_back({it.key(), it.value().toInt()});
            m.latestVersion = int(row.integer(6));
            out.push_back(std::move(m));
        }));
    return out;
}

Result<std::vector<RegisteredModel>> LocalRegistry::models() const { return readModels({}, {}); }

Result<std::optional<RegisteredModel>> LocalRegistry::model(const QString &name) const {
    PH_ASSIGN(auto found, readModels(QStringLiteral("WHERE m.name = ?1"), [&](Statement &s) { s.bind(1, name); }));
    if (found.empty())
        return std::optional<RegisteredModel>();
    return std::optional<RegisteredModel>(std::move(found.front()));
}

Result<std::vector<Version>> LocalRegistry::readVersions(const QString &condition, const Database::Bind &bind) const {
    std::vector<Version> out;
    PH_TRY(m_database->query(
        QStringLiteral("SELECT v.model, v.version, v.run, v.digest, v.description, v.stage, v.user, v.created,"
                       " (SELECT json_group_array(alias) FROM aliases a WHERE a.model = v.model AND a.version = v.version),"
                       " (SELECT json_group_object(key, value) FROM version_tags t WHERE t.model = v.model AND t.version = v.version)"
                       " FROM versions v ") + condition + QStringLiteral(" ORDER BY v.model, v.version DESC"),
        bind, [&](const Statement &row) {
            Version v;
            v.model = row.text(0);
            v.version = int(row.integer(1));
            v.runId = row.text(2);
            v.digest = row.text(3);
            v.description = row.text(4);
            v.stage = row.text(5);
            v.user = row.text(6);
            v.created = fromIsoUtc(row.text(7));
            for (const QJsonValue &alias : QJsonDocument::fromJson(row.text(8).toUtf8()).array())
                v.aliases += alias.toString();
            v.aliases.sort();
            v.tags = textMap(row.text(9));
            v.source = folderOf(v.model, v.version);
            out.push_back(std::move(v));
        }));
    return out;
}

Result<std::vector<Version>> LocalRegistry::versions(const QString &model) const {
    return readVersions(QStringLiteral("WHERE v.model = ?1"), [&](Statement &s) { s.bind(1, model); });
}

Result<Version> LocalRegistry::version(const QString &model, int version) const {
    PH_ASSIGN(auto found, readVersions(QStringLiteral("WHERE v.model = ?1 AND v.version = ?2"),
                                       [&](Statement &s) { s.bind(1, model).bind(2, version); }));
    if (found.empty())
        return notFound(QStringLiteral("The registry has no version %1 of “%2”.").arg(version).arg(model), {},
                        QStringLiteral("See “pilot registry show %1”.").arg(model));
    return std::move(found.front());
}

Result<Version> LocalRegistry::versionByAlias(const QString &model, const QString &alias) const {
    PH_ASSIGN(auto found, readVersions(QStringLiteral("JOIN aliases x ON x.model = v.model AND x.version = v.version WHERE v.model = ?1 AND x.alias = ?2"),
                                       [&](Statement &s) { s.bind(1, model).bind(2, alias); }));
    if (found.empty())
        return notFound(QStringLiteral("“%1” has no alias “%2”.").arg(model, alias), {},
                        QStringLiteral("See “pilot registry show %1”.").arg(model));
    return std::move(found.front());
}

Result<std::vector<AliasChange>> LocalRegistry::aliasHistory(const QString &model, const QString &alias) const {
    std::vector<AliasChange> out;
    PH_TRY(m_database->query(
        QStringLiteral("SELECT version, since, by, operation FROM alias_history WHERE model = ?1 AND alias = ?2 ORDER BY sequence DESC"),
        [&](Statement &s) { s.bind(1, model).bind(2, alias); },
        [&](const Statement &row) {
            AliasChange change{model, alias, {}, fromIsoUtc(row.text(1)), row.text(2), row.text(3)};
            if (!row.isNull(0))
                change.version = int(row.integer(0));
            out.push_back(std::move(change));
        }));
    return out;
}

Result<void> LocalRegistry::needVersion(const QString &model, int version) const {
    bool there = false;
    PH_TRY(m_database->query(QStringLiteral("SELECT 1 FROM versions WHERE model = ?1 AND version = ?2"),
                             [&](Statement &s) { s.bind(1, model).bind(2, version); }, [&](const Statement &) { there = true; }));
    if (!there)
        return notFound(QStringLiteral("The registry has no version %1 of “%2”.").arg(version).arg(model), {},
                        QStringLiteral("See “pilot registry show %1”.").arg(model));
    return {};
}

Result<void> LocalRegistry::touch(const QString &model) {
    PH_TRY(m_database->execute(QStringLiteral("UPDATE models SET updated = ?2 WHERE name = ?1"), [&](Statement &s) { s.bind(1, model).bind(2, now()); }));
    return {};
}

Result<void> LocalRegistry::moveAlias(const QString &model, const QString &alias, std::optional<int> expected, std::optional<int> to,
                                      const Stamp &stamp) {
    PH_TRY(checkAliasName(alias));
    return m_database->transaction([&]() -> Result<void> {
        if (to)
            PH_TRY(needVersion(model, *to));
        std::optional<int> current;
        PH_TRY(m_database->query(QStringLiteral("SELECT version FROM aliases WHERE model = ?1 AND alias = ?2"),
                                 [&](Statement &s) { s.bind(1, model).bind(2, alias); }, [&](const Statement &row) { current = int(row.integer(0)); }));
        if (current != expected)
            return Error{ErrorKind::Conflict,
                         QStringLiteral("The alias “%1” of “%2” %3 now; it was expected that it %4.").arg(alias, model, pointsTo(current), pointsTo(expected)),
                         {}, QStringLiteral("Somebody moved it. Look again and decide anew; nothing was changed."), {}};
        if (current == to)
            return {};
        if (to) { // braces: PH_TRY is an if of its own
            PH_TRY(m_database->execute(QStringLiteral("INSERT INTO aliases(model, alias, version) VALUES(?1, ?2, ?3)"
                                                      " ON CONFLICT(model, alias) DO UPDATE SET version = ?3"),
                                       [&](Statement &s) { s.bind(1, model).bind(2, alias).bind(3, *to); }));
        } else {
            PH_TRY(m_database->execute(QStringLiteral("DELETE FROM aliases WHERE model = ?1 AND alias = ?2"),
                                       [&](Statement &s) { s.bind(1, model).bind(2, alias); }));
        }
        PH_TRY(m_database->execute(
            QStringLiteral("INSERT INTO alias_history(model, alias, version, since, by, operation) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"), [&](Statement &s) {
                s.bind(1, model).bind(2, alias).bind(4, now()).bind(5, stamp.by).bind(6, stamp.operation);
                to ? s.bind(3, *to) : s.bindNull(3);
            }));
        return touch(model);
    });
}

Result<void> LocalRegistry::setStage(const QString &model, int version, const QString &stage, bool archiveExisting) {
    PH_TRY(checkStageName(stage));
    return m_database->transaction([&]() -> Result<void> {
        PH_TRY(needVersion(model, version));
        if (archiveExisting && stage != QLatin1String("None") && stage != QLatin1String("Archived"))
            PH_TRY(m_database->execute(QStringLiteral("UPDATE versions SET stage = 'Archived' WHERE model = ?1 AND stage = ?2 AND version <> ?3"),
                                       [&](Statement &s) { s.bind(1, model).bind(2, stage).bind(3, version); }));
        PH_TRY(m_database->execute(QStringLiteral("UPDATE versions SET stage = ?3 WHERE model = ?1 AND version = ?2"),
                                   [&](Statement &s) { s.bind(1, model).bind(2, version).bind(3, stage); }));
        return touch(model);
    });
}

Result<void> LocalRegistry::setVersionTag(const QString &model, int version, const QString &key, std::optional<QString> value) {
    PH_TRY(checkTagKey(key));
    return m_database->transaction([&]() -> Result<void> {
        PH_TRY(needVersion(model, version));
        if (value) {
            PH_TRY(m_database->execute(QStringLiteral("INSERT INTO version_tags(model, version, key, value) VALUES(?1, ?2, ?3, ?4)"
                                                      " ON CONFLICT(model, version, key) DO UPDATE SET value = ?4"),
                                       [&](Statement &s) { s.bind(1, model).bind(2, version).bind(3, key).bind(4, *value); }));
        } else {
            PH_TRY(m_database->execute(QStringLiteral("DELETE FROM version_tags WHERE model = ?1 AND version = ?2 AND key = ?3"),
                                       [&](Statement &s) { s.bind(1, model).bind(2, version).bind(3, key); }));
        }
        return touch(model);
    });
}

Result<void> LocalRegistry::setDescription(const QString &model, int version, const QString &text) {
    return m_database->transaction([&]() -> Result<void> {
        PH_TRY(needVersion(model, version));
        PH_TRY(m_database->execute(QStringLiteral("UPDATE versions SET description = ?3 WHERE model = ?1 AND version = ?2"),
                                   [&](Statement &s) { s.bind(1, model).bind(2, version).bind(3, text); }));
        return touch(model);
    });
}

} // namespace pilothouse::registry
