// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/stored_state.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <QFileInfo>
#include <QSplitter>
#include <QStandardPaths>

namespace pilothouse::console {
namespace {

using Q = QLatin1String;
constexpr int preferencesVersion = 1;

QString folder(QStandardPaths::StandardLocation where) { return QStandardPaths::writableLocation(where) + QStringLiteral("/pilothouse"); }

QJsonObject viewJson(const ui::SavedView &view) {
    return {{Q("name"), view.name}, {Q("filter"), view.filter}, {Q("columns"), QJsonArray::fromStringList(view.columns)}, {Q("sort"), view.sort}, {Q("descending"), view.descending}};
}

Result<ui::SavedView> viewFrom(const QJsonObject &object, const QString &file) {
    JsonReader reader(object, file);
    ui::SavedView view;
    view.name = reader.text("name");
    view.filter = reader.text("filter", QString());
    view.columns = reader.texts("columns");
    view.sort = reader.text("sort", QString());
    view.descending = reader.boolean("descending", false);
    PH_TRY(reader.check());
    return view;
}

const char *schemeName(ui::SchemeChoice scheme) {
    return scheme == ui::SchemeChoice::Dark ? "dark" : scheme == ui::SchemeChoice::Light ? "light" : "system";
}

} // namespace

QString PreferencesFile::path() { return folder(QStandardPaths::GenericConfigLocation) + QStringLiteral("/preferences.json"); }

Result<ui::Preferences> PreferencesFile::load(const QString &file) {
    ui::Preferences preferences;
    if (!QFileInfo::exists(file))
        return preferences;
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    JsonReader reader(object, file);
    const QString scheme = reader.text("scheme", QStringLiteral("system"));
    preferences.scheme = scheme == Q("dark") ? ui::SchemeChoice::Dark : scheme == Q("light") ? ui::SchemeChoice::Light : ui::SchemeChoice::System;
    preferences.scalePercent = qBound(90, int(reader.integer("scale", 100)), 150);
    preferences.notifications = reader.boolean("notifications", true);
    preferences.utc = reader.boolean("utc", false);
    preferences.language = reader.text("language", QString());
    for (const QJsonValue &view : object.value(Q("run_views")).toArray()) {
        PH_ASSIGN(ui::SavedView read, viewFrom(view.toObject(), file));
        preferences.runViews << std::move(read);
    }
    PH_TRY(reader.check());
    return preferences;
}

Result<void> PreferencesFile::save(const QString &file, const ui::Preferences &preferences) {
    QJsonObject object;
    if (QFileInfo::exists(file)) // keys of a newer version survive
        if (const auto bytes = readFile(file))
            object = parseJsonObject(*bytes, file).value_or({});
    object[Q("version")] = preferencesVersion;
    object[Q("scheme")] = Q(schemeName(preferences.scheme));
    object[Q("scale")] = preferences.scalePercent;
    object[Q("notifications")] = preferences.notifications;
    object[Q("utc")] = preferences.utc;
    object[Q("language")] = preferences.language;
    QJsonArray views;
    for (const ui::SavedView &view : preferences.runViews)
        views.append(viewJson(view));
    object[Q("run_views")] = views;
    return writeFileAtomically(file, prettyJson(object));
}

QString Session::path() { return folder(QStandardPaths::GenericDataLocation) + QStringLiteral("/session.json"); }

Session Session::load(const QString &file) {
    Session session;
    const auto bytes = readFile(file);
    const auto object = bytes ? parseJsonObject(*bytes, file) : Result<QJsonObject>(bytes.error());
    if (!object)
        return session; // what was open is worth no question
    session.geometry = QByteArray::fromBase64(object->value(Q("geometry")).toString().toLatin1());
    session.panel = object->value(Q("panel")).toString();
    session.workspaceFile = object->value(Q("workspace")).toString();
    session.welcomed = object->value(Q("welcomed")).toBool();
    const QJsonObject sizes = object->value(Q("splitters")).toObject();
    for (auto size = sizes.begin(); size != sizes.end(); ++size)
        session.splitters.insert(size.key(), QByteArray::fromBase64(size.value().toString().toLatin1()));
    return session;
}

Result<void> Session::save(const QString &file) const {
    QJsonObject sizes;
    for (auto size = splitters.begin(); size != splitters.end(); ++size)
        sizes[size.key()] = QString::fromLatin1(size.value().toBase64());
    return writeFileAtomically(file, prettyJson({{Q("version"), 1}, {Q("geometry"), QString::fromLatin1(geometry.toBase64())}, {Q("panel"), panel},
                                                 {Q("workspace"), workspaceFile}, {Q("welcomed"), welcomed}, {Q("splitters"), sizes}}));
}

void Session::keepSizes(const QString &panel, const QWidget *root) {
    for (const QSplitter *splitter : root->findChildren<QSplitter *>())
        if (!splitter->objectName().isEmpty())
            splitters.insert(panel + QLatin1Char('/') + splitter->objectName(), splitter->saveState());
}

void Session::restoreSizes(const QString &panel, QWidget *root) const {
    for (QSplitter *splitter : root->findChildren<QSplitter *>())
        if (const auto state = splitters.constFind(panel + QLatin1Char('/') + splitter->objectName()); state != splitters.constEnd())
            splitter->restoreState(*state);
}

} // namespace pilothouse::console
