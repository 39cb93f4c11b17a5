import { type HealthFinding, type HealthSign, healthOf, type Objective, type Step } from '@kith/embedding/metric';
import type { HealthRecord } from '@kith/training';
import type { TrainedStep } from '@kith/training/tfjs';
import type { ObjectiveSpec } from './objectives/objective-spec.ts';

/** What a step's health shows. */
export interface Health {
  /** Signs that have just come; each is told once until it is gone. */
  readonly news: readonly HealthFinding[];
  /** A sign that training is of no use any more, and has been there for long. */
  readonly collapse: HealthFinding | undefined;
  /** Whether it is of no use since no triplet has had a loss for long: not ill, but done. */
  readonly isLearnt: boolean;
}

export interface HealthWatch {
  /** @returns What the steps so far show. */
  look(step: TrainedStep): Health;
  /** Reckon from now on how long signs have been there, since a validation was better than all before. */
  restart(): void;
}

/** Signs that do not pass by themselves once they stay. */
const fatal: ReadonlySet<HealthSign> = new Set([
  'lossAtMargin',
  'lossAtLn2',
  'varianceGone',
  'nothingMined',
  'allActive',
  'noneActive',
]);
/** Updates that a fatal sign has to stay: at the start some stand there and then leave. */
export const collapsedAfter = 100;
const stepsKept = 40;

/**
 * Watch a phase's steps for the signs of a collapse.
 *
 * @param classes - People to tell apart.
 * @param inBatch - People in a batch of theirs; undefined where batches are not made of people.
 */
export function createHealthWatch(
  objective: ObjectiveSpec,
  { classes, inBatch = 0 }: { readonly classes: number; readonly inBatch?: number | undefined },
): HealthWatch {
  const looked = lookedAt(objective, classes);
  const mining = { takesHardest: takesHardest(objective), hasAllPeople: inBatch >= classes };
  const steps: Step[] = [];
  let since = new Map<HealthSign, number>();
  // what is measured every so many steps holds until it is measured again
  let spread: Pick<Step, 'deviation'> = {};
  let latest = 0;
  const look = ({ iteration, loss, numbers }: TrainedStep): Health => {
    latest = iteration;
    const { deviation, ...others } = numbers;
    if (deviation !== undefined) spread = { deviation };
    steps.push({ loss, ...others, ...spread });
    if (steps.length > stepsKept) steps.shift();
    const findings = healthOf(steps, { objective: looked, mining });
    const news = findings.filter(({ sign }) => !since.has(sign));
    since = new Map(findings.map(({ sign }) => [sign, since.get(sign) ?? iteration]));
    const stays = ({ sign }: HealthFinding) => fatal.has(sign) && iteration - since.get(sign)! >= collapsedAfter;
    const lasting = findings.filter(stays);
    const isLearnt = lasting.some(({ sign }) => sign === 'noneActive');
    return { news, isLearnt, collapse: isLearnt ? undefined : lasting[0] };
  };
  const restart = () => {
    since = new Map([...since.keys()].map((sign) => [sign, latest]));
  };
  return { look, restart };
}

/** A finding as the log keeps it. */
export function healthRecord(
  iteration: number,
  { name, measured, limit, means, remedy }: HealthFinding,
  severity: HealthRecord['severity'] = 'warning',
): HealthRecord {
  const detail = `${means} Measured ${measured}, held against ${limit}.`;
  return { kind: 'health', iteration, finding: name, severity, detail, remedy };
}

function takesHardest(objective: ObjectiveSpec): boolean {
  return objective.kind === 'triplet' && (objective.miner === 'batchHard' || objective.miner === 'hard');
}

function lookedAt(objective: ObjectiveSpec, classes: number): Objective {
  switch (objective.kind) {
    case 'triplet':
      return { kind: 'triplet', margin: objective.marginSquaredL2 };
    case 'distillation':
      return { kind: 'other' };
    default:
      return { kind: 'softmax', classes };
  }
}
