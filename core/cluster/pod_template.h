// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

#include <vector>

namespace pilothouse::cluster {

/// Pod templates (spec.template of a workload, of a ReplicaSet; spec.template in the data of a ControllerRevision) as values. Pure functions; any thread.

/// As the API server's own comparison sees it: without the label pod-template-hash, the "$patch" of a ControllerRevision, nulls, and what is empty.
QJsonObject plainTemplate(const QJsonObject &podTemplate);
/// kubectl's equalIgnoreHash().
bool sameTemplate(const QJsonObject &a, const QJsonObject &b);
/// SHA-256 of plainTemplate(): names a template in an annotation or the journal, without what stands in it.
QString templateDigest(const QJsonObject &podTemplate);

/// What two templates differ in, as lines of YAML under their headings: "containers[api]:", "- image: api:398", "+ image: api:420".
struct TemplateDiff {
    struct Line {
        QChar sign = QLatin1Char(' '); ///< ' ' a heading, '-' as it was, '+' as it is
        int indent = 0;                ///< steps of two spaces
        QString text;
    };
    int changes = 0; ///< an added or removed part counts once
    std::vector<Line> lines;
    QString text() const; ///< lines with sign and indent, joined by newlines; empty: no difference
    QJsonObject toJson() const; ///< {"changes","lines":[{"sign","indent","text"}]}
};
/// Parts of a list are known by their name (ports by number, mounts by path). The value of a variable whose name says that it is a credential is masked.
TemplateDiff templateDiff(const QJsonObject &before, const QJsonObject &after);

} // namespace pilothouse::cluster
