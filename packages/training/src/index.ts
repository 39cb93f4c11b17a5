export {
  type ClosenessOptions,
  type DisjointPeople,
  disjointPeople,
  type EmbeddedFace,
  type TrainingPerson,
} from './people/disjoint-people.ts';
