import type { DecisionCard, DecisionSection } from '@kith/pipeline';

/** One decision of the demo: what is printed of it, and its picture. */
export interface DemoAnswer {
  readonly asked: string;
  readonly card: DecisionCard;
  /** Whether the decision was the right one. */
  readonly isRight: boolean;
}

/** A part of the demo with its answers so far. */
export interface Chapter {
  readonly title: string;
  readonly answers: readonly DemoAnswer[];
}

/** Print a chapter as its answers come, and keep them. */
export async function tellChapter(title: string, answers: AsyncIterable<DemoAnswer>): Promise<Chapter> {
  console.log(`\n${title}`);
  const told: DemoAnswer[] = [];
  for await (const answer of answers) {
    const { asked, card, isRight } = answer;
    const line = `  ${asked.padEnd(46)} ${card.verdict.padEnd(24)} ${card.figures}${isRight ? '' : '   ← wrong'}`;
    console.log(line.trimEnd());
    told.push(answer);
  }
  console.log(`  ${rightOf(told)}`);
  return { title, answers: told };
}

/** How many of some answers were right, in words. */
export function rightOf(answers: readonly DemoAnswer[]): string {
  return `${answers.filter(({ isRight }) => isRight).length} of ${answers.length} right`;
}

/** A chapter as a section of the picture. */
export function sectionOf({ title, answers }: Chapter): DecisionSection {
  return {
    title: `${title}: ${rightOf(answers)}`,
    cards: answers.map(({ card, isRight }) => ({ ...card, isWrong: !isRight })),
  };
}
