// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace pilothouse::cluster {

/// What people mean by an object: without status, managedFields, resourceVersion, uid, generation, times and the annotations that programs keep
/// there (last-applied-configuration, the Deployment's revision).
QJsonObject cleanedObject(const QJsonObject &object);

/// Block YAML as `kubectl get -o yaml` writes it: keys sorted, two spaces, texts quoted where they would read as something else. Ends with a line feed.
QString yamlText(const QJsonValue &value);

/// Two sides of an object as text to compare: cleaned, and where it is a Secret with each value replaced by "(12 bytes)" and, where they differ,
/// "(12 bytes, another value)". An empty object gives an empty text.
struct ObjectTexts {
    QString before, after;
};
ObjectTexts comparedTexts(const QJsonObject &before, const QJsonObject &after);

/// Lines that differ with `context` lines around, as `diff -u` has them: " same", "-gone", "+new", "@@ -3,4 +3,5 @@" between. Empty if equal.
QStringList lineDiff(const QString &before, const QString &after, int context = 3);
/// Lines that begin with + and with −.
struct DiffCount {
    int added = 0, removed = 0;
};
DiffCount countedDiff(const QStringList &diff);

} // namespace pilothouse::cluster
