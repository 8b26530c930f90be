// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

namespace pilothouse::pipelines {

/// What a job file of Azure ML says (command job, CLI schema v2). Assets of the workspace stand in it as they are written ("azureml:mlops-env:1"): who sends it puts their ids in.
struct AzureJobFile {
    QString file, name;      ///< name: of the job; empty: who sends it chooses one
    QString code;            ///< a local folder, absolute; empty: the job has none, or names an asset in properties
    QJsonObject properties;  ///< of the job, as ARM takes them
};

/// Pure. `given`: values that take the place of those of its inputs. Invalid at file:line:column, with what is meant: a syntax error, a wrong type, ${{inputs.x}} that is none, an unknown
/// input. Refused, by name: what the schema has and this does not send (another type of job, services, identity, an environment made in place, local data, a computer of one's own).
Result<AzureJobFile> readAzureJob(const QByteArray &text, const QString &file, const QJsonObject &given = {});

/// "azureml:NAME:VERSION", "azureml:NAME@LABEL", "azureml:NAME".
struct AzureAsset {
    QString name, version, label;
};
std::optional<AzureAsset> azureAsset(const QString &text); ///< nothing: it is another address

} // namespace pilothouse::pipelines
