// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/registry.h"

#include <QObject>
#include <QTemporaryDir>

#include <functional>
#include <memory>

/// What every registry must do, whatever stands behind it. A back end's test gives a factory of empty registries.
class RegistryContract : public QObject {
    Q_OBJECT
public:
    using Factory = std::function<std::shared_ptr<pilothouse::registry::Registry>()>;
    /// What a back end can do. What it cannot it must refuse, with a word on what to do instead.
    struct Can {
        bool runs = true;   ///< runs are written
        bool stages = true;
    };
    explicit RegistryContract(Factory factory, Can can = {true, true}) : m_factory(std::move(factory)), m_can(can) {}

private Q_SLOTS:
    void initTestCase();
    void init();
    void aNewRegistryIsEmpty();
    void versionsCountFromOneAndCopyThePackage();
    void namesAreChecked_data();
    void namesAreChecked();
    void aDamagedPackageIsNotRegistered();
    void anAliasMovesOnlyFromWhereItWasExpected();
    void anAliasNeedsAVersionThatIsThere();
    void aDeletedAliasIsGone();
    void everyAliasChangeIsKept();
    void stagesArchiveTheOthersWhenAsked();
    void tagsAndDescriptionsAreKept();
    void aVersionIsRegisteredWithItsTags();
    void aRunKeepsParamsTagsAndStatus();
    void parametersAreWrittenOnce();
    void metricsKeepTheirHistoryAndTheLastValue();
    void runsComeNewestFirst();
    void runsAreAskedForInPieces();
    void whatIsNotThereIsNotFound();
    void aCopyIsTheNextVersionOfAnotherModel();
    void aVersionIsTakenAwayUnlessAnAliasUsedIt();
    void whatARunLeftBecomesAVersion();

private:
    pilothouse::registry::Version registerOne(const QString &model, double weight = 1);
    Factory m_factory;
    Can m_can;
    std::shared_ptr<pilothouse::registry::Registry> m_registry;
    QTemporaryDir m_folder;
    int m_packages = 0;
};
